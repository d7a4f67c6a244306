import type { RiskClass } from './model.ts';
import type { RuleSources } from './scan-rules.ts';

/** SHA-256 of nothing: what {@link ruleDigestOf} gives where no rules are asked. */
const withoutRules = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** {@link ruleDigestOf}, which loads the engines of the rules: not for an index that asks none. */
export async function rulesOfIndex(sources: RuleSources, riskClasses: readonly RiskClass[]): Promise<string> {
  if (!riskClasses.includes('secrets') && !riskClasses.includes('malware')) return withoutRules;
  return (await import('./scan-rules.ts')).ruleDigestOf(sources, riskClasses);
}
