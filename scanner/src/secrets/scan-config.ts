import type { ImageConfig, SecretFinding } from '../model.ts';
import type { SecretRules } from './rule-set.ts';

/** More of one value is not read. */
const LONGEST_TEXT = 1_048_576;

/**
 * Secrets in an image's configuration, which everyone who may pull the image can read. Paths are `env:NAME`, `label:NAME`,
 * `history:<index>`; the layer is that of a history step that made one, else empty. Lines are 0.
 */
export function scanConfigSecrets(rules: SecretRules, config: ImageConfig): SecretFinding[] {
  return [...textsOf(config)].flatMap(({ path, text, layer }) =>
    rules.scan(path, Buffer.from(text.slice(0, LONGEST_TEXT), 'utf8')).map((hit) => ({
      ...hit,
      line: 0,
      path,
      layer,
      hidden: false,
    })),
  );
}

function* textsOf(config: ImageConfig): Generator<{ path: string; text: string; layer: string }> {
  for (const variable of config.env) {
    const [name = ''] = variable.split('=', 1);
    yield { path: `env:${name}`, text: variable, layer: '' };
  }
  for (const [name, value] of Object.entries(config.labels)) {
    yield { path: `label:${name}`, text: `${name}=${value}`, layer: '' };
  }
  let layers = 0;
  for (const [index, step] of config.history.entries()) {
    const layer = step.emptyLayer ? '' : (config.diffIds[layers++] ?? '');
    const text = step.comment ? `${step.createdBy}\n${step.comment}` : step.createdBy;
    yield { path: `history:${index}`, text, layer };
  }
}
