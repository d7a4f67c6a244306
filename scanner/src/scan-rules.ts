import { createHash } from 'node:crypto';
import { malwareRuleDigest } from './malware/index.ts';
import type { RiskClass } from './model.ts';
import { loadSecretRules, secretRuleDigest, type SecretRules } from './secrets/index.ts';

/** Rules as text; without them our own. */
export interface RuleSources {
  /** In gitleaks' format. */
  secretRules?: readonly string[] | undefined;
  /** YARA. */
  malwareRules?: readonly string[] | undefined;
  /** Lists of digests of files that are malware, as `parseMalwareHashes` takes them. */
  malwareHashes?: readonly string[] | undefined;
}

const ownRules = {};
const compiled = new WeakMap<object, SecretRules>();

/** The rules for secrets, compiled once for the same list of sources. Throws `SecretRuleError`. */
export function secretRulesOf({ secretRules }: RuleSources): SecretRules {
  const key = secretRules ?? ownRules;
  const rules = compiled.get(key) ?? loadSecretRules(secretRules);
  compiled.set(key, rules);
  return rules;
}

/** What of the rules goes into an index with these risk classes: equal digests find equally. */
export function ruleDigestOf(sources: RuleSources, riskClasses: readonly RiskClass[]): string {
  const hash = createHash('sha256');
  if (riskClasses.includes('secrets')) hash.update(`secrets ${secretDigestOf(sources)}\n`);
  if (riskClasses.includes('malware')) {
    hash.update(`malware ${malwareRuleDigest(sources.malwareRules)}\n`);
    for (const list of sources.malwareHashes ?? []) hash.update(`hashes ${list.length}\n`).update(list);
  }
  return hash.digest('hex');
}

/** Rules of others are compiled before anything is read: they may be wrong. */
function secretDigestOf(sources: RuleSources): string {
  return sources.secretRules === undefined ? secretRuleDigest() : secretRulesOf(sources).digest;
}
