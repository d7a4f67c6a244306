import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { SecretHit } from '../model.ts';
import type { Allowlist } from './allowlist.ts';
import { compileAllowlist, compileNow, compileRule, type SecretRule } from './compile-rule.ts';
import { type KeywordSearch, keywordSearch } from './keyword-search.ts';
import { extendRuleFile, joinRuleFiles } from './extend-rules.ts';
import { parseRuleFile, type RuleFile, type RuleText } from './rule-format.ts';
import { scanSecrets, type SecretScanLosses } from './scan-secrets.ts';
import { SecretRuleError } from './secret-rule-error.ts';

/** Rules ready to run. Holds expressions with a position, so it is not for several threads. */
export interface SecretRules {
  /** SHA-256 over the sources and the way they are run, hex: equal digests find equally. */
  readonly digest: string;
  /** Rules that report what they find. */
  readonly count: number;
  readonly rules: readonly SecretRule[];
  /** Allowlists of whole files of rules, each with the rules (by index) it holds for; nothing means all. */
  readonly allowlists: readonly { list: Allowlist; rules: ReadonlySet<number> | undefined }[];
  /** Finds the places of all keywords. */
  readonly search: KeywordSearch;
  /** For each keyword that is searched: its length in bytes, and the rules (by index) that it stands in. */
  readonly keywords: readonly { bytes: number; rules: readonly number[] }[];
  /** Rules that have no keyword, only a path or an expression. */
  readonly always: readonly number[];
  /** {@link scanSecrets} with these rules: whoever has some need not load the engine again, and without any none. */
  scan(path: string, bytes: Uint8Array, losses?: SecretScanLosses): SecretHit[];
}

/** Goes into the digest: raised when equal rules begin to find something else. */
const ENGINE = 'secrets-3';

/**
 * Reads rules in gitleaks' format; without sources, our own. A rule of a later source replaces one of an earlier source
 * that has its id, `disabledRules` switches off those of earlier sources; `[extend] useDefault` has the source extend our
 * own. A source that extends a file is read by `readSecretRules` first. Throws `SecretRuleError`.
 */
export function loadSecretRules(sources?: readonly string[]): SecretRules {
  const trusted = sources === undefined;
  const files = sources?.map((text, number) => readSource(text, `source ${number}`)) ?? [
    { where: 'our own', file: ownFile() },
  ];
  const known = new Map<string, { text: RuleText; where: string; disabled: boolean }>();
  for (const { where, file } of files) {
    for (const id of file.extend.disabledRules) {
      const rule = known.get(id);
      if (rule) rule.disabled = true;
    }
    for (const text of file.rules) {
      known.delete(text.id);
      known.set(text.id, { text, where, disabled: false });
    }
  }
  const enabled = [...known.values()].filter(({ disabled }) => !disabled);
  const companions = new Set(enabled.flatMap(({ text }) => text.required.map(({ id }) => id)));
  const running = enabled.filter(({ text }) => !text.skipReport || companions.has(text.id));
  const numbers = new Map(running.map(({ text }, index) => [text.id, index]));
  const rules = running.map(({ text, where }) => compileRule(text, where, numbers));
  // Our own are known to be right.
  if (!trusted) rules.forEach(compileNow);
  return {
    digest: secretRuleDigest(sources),
    count: rules.filter(({ reported }) => reported).length,
    rules,
    allowlists: files.flatMap(({ where, file }) => globalAllowlists(file, where, known, numbers, trusted)),
    ...indexKeywords(rules),
    scan(path, bytes, losses) {
      return scanSecrets(this, path, bytes, losses);
    },
  };
}

function readSource(text: string, where: string): { where: string; file: RuleFile } {
  const file = parseRuleFile(text, where);
  if (file.extend.path !== undefined) {
    throw new SecretRuleError(`secret rules, ${where}: a text of rules cannot take others from a file (extend.path)`);
  }
  return { where, file: file.extend.useDefault ? extendRuleFile(file, ownFile()) : file };
}

const folder = new URL('secret-rules/', import.meta.url);

/** Made when the package is: all of our own, already read and checked. */
const packed = new URL('secret-rules.json', import.meta.url);

/** Our own, a file for each kind of service; what they leave out stands in one of them for all. */
function ownRules(): string[] {
  if (existsSync(packed)) return [readFileSync(packed, 'utf8')];
  const names = readdirSync(folder).filter((name) => name.endsWith('.toml'));
  return names.toSorted().map((name) => readFileSync(new URL(name, folder), 'utf8'));
}

/** What goes into the package in the place of the rules' sources. */
export function packOwnRules(): string {
  return JSON.stringify(ownRules().map((text) => parseRuleFile(text, 'our own')));
}

function ownFile(): RuleFile {
  const texts = ownRules();
  return joinRuleFiles(
    existsSync(packed)
      ? texts.flatMap((text) => JSON.parse(text) as RuleFile[])
      : texts.map((text) => parseRuleFile(text, 'our own')),
  );
}

/**
 * The digest that these rules will have, without compiling them. Rules of others can be put before our own (`useDefault`):
 * ours go in as well.
 */
export function secretRuleDigest(sources?: readonly string[]): string {
  return digestOf([...(sources ?? []), ...ownRules()]);
}

function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256').update(ENGINE);
  for (const text of texts) hash.update(`\0${text.length}\0`).update(text);
  return hash.digest('hex');
}

function globalAllowlists(
  file: RuleFile,
  where: string,
  known: ReadonlyMap<string, unknown>,
  numbers: ReadonlyMap<string, number>,
  trusted: boolean,
): SecretRules['allowlists'] {
  return file.allowlists.map((text) => {
    const missing = text.targetRules.find((id) => !known.has(id));
    if (missing) {
      throw new SecretRuleError(`secret rules, ${where}, global allowlist: there is no rule ${missing} (targetRules)`);
    }
    return {
      list: compileAllowlist(text, `secret rules, ${where}, global allowlist`, trusted),
      rules: text.targetRules.length > 0 ? new Set(text.targetRules.map((id) => numbers.get(id) ?? -1)) : undefined,
    };
  });
}

function indexKeywords(rules: readonly SecretRule[]): Pick<SecretRules, 'search' | 'keywords' | 'always'> {
  const byKeyword = new Map<string, { bytes: number; rules: number[] }>();
  const always: number[] = [];
  rules.forEach((rule, index) => {
    if (!rule.reported) return;
    if (rule.keywords.length === 0 || rule.pathOnly) always.push(index);
    else {
      for (const keyword of rule.keywords) {
        const entry = byKeyword.get(keyword) ?? { bytes: Buffer.byteLength(keyword), rules: [] };
        byKeyword.set(keyword, entry);
        entry.rules.push(index);
      }
    }
  });
  return { search: keywordSearch([...byKeyword.keys()]), keywords: [...byKeyword.values()], always };
}
