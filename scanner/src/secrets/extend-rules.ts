/**
 * How a file of rules goes on from another one (`[extend]`): as gitleaks does it.
 * Source: https://github.com/gitleaks/gitleaks/blob/master/config/config.go, `extend`
 */
import type { AllowlistText, RuleFile, RuleText } from './rule-format.ts';

/**
 * The rules of both: what the file disables is left out of the base, and a rule of the base that the file has too takes
 * over what stands there. The result extends what the base does.
 * @internal
 */
export function extendRuleFile(file: RuleFile, base: RuleFile): RuleFile {
  const disabled = new Set(file.extend.disabledRules);
  const rules = new Map(base.rules.filter(({ id }) => !disabled.has(id)).map((rule) => [rule.id, rule]));
  for (const rule of file.rules) {
    const inherited = rules.get(rule.id);
    rules.set(rule.id, inherited === undefined ? rule : mergeRule(rule, inherited));
  }
  return {
    extend: { ...base.extend, disabledRules: [...base.extend.disabledRules, ...disabled] },
    allowlists: [...file.allowlists, ...base.allowlists.flatMap((list) => withoutTargets(list, disabled))],
    rules: [...rules.values()].map((rule) => withoutCompanions(rule, rules)),
  };
}

/** Several files that are one set. */
export function joinRuleFiles(files: readonly RuleFile[]): RuleFile {
  return {
    extend: { useDefault: false, disabledRules: [] },
    allowlists: files.flatMap(({ allowlists }) => allowlists),
    rules: files.flatMap(({ rules }) => rules),
  };
}

/** `required` and `skipReport` stay those of the base. */
function mergeRule(rule: RuleText, base: RuleText): RuleText {
  return {
    ...base,
    description: rule.description || base.description,
    regex: rule.regex ?? base.regex,
    path: rule.path ?? base.path,
    secretGroup: rule.secretGroup || base.secretGroup,
    entropy: rule.entropy || base.entropy,
    keywords: [...base.keywords, ...rule.keywords],
    tags: [...base.tags, ...rule.tags],
    allowlists: [...base.allowlists, ...rule.allowlists],
    wharfinger: { ...base.wharfinger, ...rule.wharfinger },
  };
}

/** An allowlist for disabled rules only says nothing any more. */
function withoutTargets(list: AllowlistText, disabled: ReadonlySet<string>): AllowlistText[] {
  if (list.targetRules.length === 0) return [list];
  const targetRules = list.targetRules.filter((id) => !disabled.has(id));
  return targetRules.length === 0 ? [] : [{ ...list, targetRules }];
}

/** A rule that requires a disabled one finds nothing; others may still require it. A path alone asks for no companions. */
function withoutCompanions(rule: RuleText, rules: ReadonlyMap<string, RuleText>): RuleText {
  if (rule.regex === undefined || rule.required.every(({ id }) => rules.has(id))) return rule;
  return { ...rule, skipReport: true, required: [] };
}
