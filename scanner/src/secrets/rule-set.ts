import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Allowlist } from './allowlist.ts';
import { compileAllowlist, compileNow, compileRule, type SecretRule } from './compile-rule.ts';
import { type KeywordSearch, keywordSearch } from './keyword-search.ts';
import { parseRuleFile, type RuleFile } from './rule-format.ts';

/** Rules ready to run. Holds expressions with a position, so it is not for several threads. */
export interface SecretRules {
  /** SHA-256 over the sources and the way they are run, hex: equal digests find equally. */
  readonly digest: string;
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
}

/** Goes into the digest: raised when equal rules begin to find something else. */
const ENGINE = 'secrets-2';

/**
 * Reads rules in gitleaks' format; without sources, our own. A rule of a later source replaces one of an earlier source
 * that has its id; `[extend] useDefault` puts our own before the source. Throws `SecretRuleError`.
 */
export function loadSecretRules(sources?: readonly string[]): SecretRules {
  const files = sources?.map((text, source) => ({ source, file: parseRuleFile(text, source) })) ?? ownFiles(0);
  const withDefaults = files.flatMap((entry) =>
    entry.file.extend.useDefault ? [...ownFiles(entry.source), entry] : [entry],
  );
  const compiled = new Map<string, SecretRule>();
  const reported = new Set<string>();
  for (const { source, file } of withDefaults) {
    for (const text of file.rules) {
      compiled.delete(text.id);
      compiled.set(text.id, compileRule(text, source));
      if (text.skipReport) reported.delete(text.id);
      else reported.add(text.id);
    }
    for (const id of file.extend.disabledRules) reported.delete(id);
  }
  const rules = [...compiled.values()].filter(({ id }) => reported.has(id));
  // Our own are known to be right.
  if (sources !== undefined) rules.forEach(compileNow);
  return {
    digest: secretRuleDigest(sources),
    count: rules.length,
    rules,
    allowlists: withDefaults.flatMap(({ source, file }) =>
      globalAllowlists(file, source, rules, sources === undefined),
    ),
    ...indexKeywords(rules),
  };
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
  return JSON.stringify(ownRules().map((text) => parseRuleFile(text, 0)));
}

function ownFiles(source: number): { source: number; file: RuleFile }[] {
  const texts = ownRules();
  const files = existsSync(packed)
    ? texts.flatMap((text) => JSON.parse(text) as RuleFile[])
    : texts.map((text) => parseRuleFile(text, source));
  return files.map((file) => ({ source, file }));
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
  source: number,
  rules: readonly SecretRule[],
  trusted: boolean,
): SecretRules['allowlists'] {
  const lists = file.allowlist ? [file.allowlist, ...file.allowlists] : file.allowlists;
  return lists.map((text) => {
    const indexes = text.targetRules.map((id) => rules.findIndex((rule) => rule.id === id));
    return {
      list: compileAllowlist(text, `secret rules, source ${source}, global allowlist`, trusted),
      rules: text.targetRules.length > 0 ? new Set(indexes) : undefined,
    };
  });
}

function indexKeywords(rules: readonly SecretRule[]): Pick<SecretRules, 'search' | 'keywords' | 'always'> {
  const byKeyword = new Map<string, { bytes: number; rules: number[] }>();
  const always: number[] = [];
  rules.forEach((rule, index) => {
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
