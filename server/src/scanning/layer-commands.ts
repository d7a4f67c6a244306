/** Which build step made which layer: what a finding's layer means to the person who wrote the build file. */
import type { ImageConfig, RiskClass, SecretFinding } from '@wharfinger/scanner';

export interface LayerCommand {
  diffId: string;
  /** Empty where the image does not say, or where it is not known to be free of secrets. */
  command: string;
}

const longestCommand = 1_000;

/** The commands of an image's layers, bottom up. A step in which a secret was found is named, its text is not shown. */
export function layerCommands(
  config: Pick<ImageConfig, 'history' | 'diffIds'>,
  riskClasses: readonly RiskClass[],
  secrets: readonly Pick<SecretFinding, 'path'>[],
): LayerCommand[] {
  const lookedForSecrets = riskClasses.includes('secrets');
  const withSecret = new Set(secrets.map((secret) => secret.path));
  const steps = config.history
    .map(({ createdBy, emptyLayer }, index) => ({
      createdBy,
      emptyLayer,
      hasSecret: withSecret.has(`history:${index}`),
    }))
    .filter((step) => !step.emptyLayer);
  // Some builders write no history, or not one step for each layer: then no step can be told to be a layer's.
  const known = lookedForSecrets && steps.length === config.diffIds.length;
  return config.diffIds.map((diffId, index) => {
    const step = known ? steps[index] : undefined;
    if (!step) return { diffId, command: '' };
    return { diffId, command: step.hasSecret ? '(holds sensitive data)' : step.createdBy.slice(0, longestCommand) };
  });
}
