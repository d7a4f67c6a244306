import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeSharedData } from '../../../tests/support/requirements.ts';
import { randomText } from './fixtures/random-text.ts';
import { loadSecretRules, scanSecrets, SecretRuleError } from './index.ts';

const rule = (id: string, more = "regex = '''key_\\w{8}'''\nkeywords = [\"key_\"]"): string =>
  `[[rules]]\nid = "${id}"\n${more}\n`;

function idsOf(...sources: string[]): string[] {
  return loadSecretRules(sources).rules.map(({ id }) => id);
}

describe('loading rules for secrets', () => {
  it('takes our own where none are named', () => {
    const rules = loadSecretRules();
    expect(rules.count).toBe(rules.rules.length);
    expect(rules.count).toBeGreaterThanOrEqual(150);
    expect(loadSecretRules().digest).toBe(rules.digest);
  });

  it('measures an expression of the greatest length in time in proportion to it', () => {
    const [rule] = loadSecretRules([
      `[[rules]]\nid = "a"\nregex = '''(?i)${'pa\n'.repeat(6600)}key\\w{20}'''\nkeywords = ["key"]`,
    ]).rules;
    expect(rule?.matcher?.bounded).toBe(false);
  });

  it('takes no rules at all', () => {
    expect(scanSecrets(loadSecretRules([]), 'a', Buffer.from('key_12345678'))).toEqual([]);
  });

  it('lets a later source replace a rule, and switch one off', () => {
    expect(idsOf(rule('a') + rule('b'), rule('a'))).toEqual(['b', 'a']);
    expect(idsOf(rule('a') + rule('b'), '[extend]\ndisabledRules = ["a"]')).toEqual(['b']);
    expect(idsOf(rule('a') + rule('b', "regex = 'x'\nskipReport = true"))).toEqual(['a']);
  });

  it('puts our own before a source that asks for them', () => {
    const ids = idsOf(`[extend]\nuseDefault = true\ndisabledRules = ["github-token"]\n${rule('mine')}`);
    expect(ids).toContain('private-key');
    expect(ids).toContain('mine');
    expect(ids).not.toContain('github-token');
  });

  it('keeps what a rule of our own says where a source says it not', () => {
    const { rules } = loadSecretRules([
      `[extend]\nuseDefault = true\n${rule('private-key', "entropy = 7\ntags = ['t']\n[rules.wharfinger]\nseverity = 'low'")}`,
    ]);
    const [own] = loadSecretRules().rules.filter(({ id }) => id === 'private-key');
    expect(rules.filter(({ id }) => id === 'private-key')).toEqual([
      expect.objectContaining({ title: own?.title, keywords: own?.keywords, entropy: 7, tags: ['t'], severity: 'low' }),
    ]);
  });

  it('has a rule that requires one that a later source switches off find nothing', () => {
    const rules = loadSecretRules([
      rule('a', "regex = 'key'\n[[rules.required]]\nid = 'b'") + rule('b', "regex = 'x'"),
      '[extend]\ndisabledRules = ["b"]',
    ]);
    expect(scanSecrets(rules, 'a', Buffer.from('key x'))).toEqual([]);
  });

  it('has another digest for other sources, and for the same text cut elsewhere', () => {
    const sets = [
      [],
      [rule('a')],
      [rule('b')],
      [rule('a'), rule('b')],
      [rule('a') + rule('b')],
      [rule('b'), rule('a')],
    ];
    expect(new Set(sets.map((sources) => loadSecretRules(sources).digest)).size).toBe(sets.length);
  });

  it('says what stands in for severity and title where gitleaks has none', () => {
    const { rules } = loadSecretRules([
      `${rule('a', 'regex = \'x\'\ndescription = "About it"')}${rule('generic-key', "regex = 'x'")}`,
    ]);
    expect(rules.map(({ title, severity, generic }) => [title, severity, generic])).toEqual([
      ['About it', 'high', false],
      ['generic-key', 'medium', true],
    ]);
  });

  it.each([
    ['what is no TOML', ['id = "a'], 'source 0, line 1, column'],
    ['a rule that names nothing to look for', [rule('a', 'keywords = ["x"]')], 'rule a: neither regex nor path'],
    ['an expression that is broken', [rule('a', "regex = 'a('")], 'rule a, regex: a "(" without its ")" at column 3'],
    ['an expression that RE2 has not', [rule('a', "regex = '(?=a)'")], 'a kind of group that RE2 does not know'],
    [
      'a group that is not there',
      [rule('a', "regex = '(a)'\nsecretGroup = 2")],
      'secretGroup 2, but the regex has 1 group',
    ],
    ['a path that is broken', [rule('a', "path = '['")], 'rule a, path: '],
    ['a path that could take for ever', [rule('a', "path = '(a+)+$'")], 'could take for ever'],
    [
      'an allow-list that is broken',
      [rule('a', "regex = 'a'\n[[rules.allowlists]]\nregexes = ['*']")],
      'regex of an allowlist',
    ],
    [
      'an allow-list of the file that is broken',
      ["[[allowlists]]\npaths = ['(']"],
      'global allowlist, path of an allowlist',
    ],
    ['a rule without an id', ["[[rules]]\nregex = 'a'"], 'rules.0.id'],
    ['a rule with an empty keyword', [rule('a', "regex = 'a'\nkeywords = ['']")], 'rules.0.keywords.0'],
    ['a condition that nobody knows', ["[[allowlists]]\ncondition = 'XOR'"], 'allowlists.0.condition'],
    ['rules from an address', ["[extend]\nurl = 'https://example.com'"], 'rules cannot be taken from an address'],
    ['rules from another file', ["[extend]\npath = '/etc/passwd'"], 'cannot take others from a file (extend.path)'],
    [
      'two ways to extend',
      ["[extend]\npath = 'a'\nuseDefault = true"],
      'extend: useDefault and path exclude each other',
    ],
    [
      'a required rule that is not there',
      [rule('b'), rule('a', "regex = 'a'\n[[rules.required]]\nid = 'b'")],
      'source 1, rule a: requires b, which is not in this file',
    ],
    [
      'a required rule without an id',
      [rule('a', "regex = 'a'\n[[rules.required]]\nwithinLines = 1")],
      'rules.0.required.0.id',
    ],
    [
      'a distance that is no whole number',
      [rule('a', "regex = 'a'\n[[rules.required]]\nid = 'a'\nwithinLines = 1.5")],
      'rules.0.required.0.withinLines',
    ],
    [
      'an allow-list that says nothing',
      [rule('a', "regex = 'a'\n[[rules.allowlists]]")],
      'names none of commits, paths',
    ],
    ['an allow-list of the file that says nothing', ["[allowlist]\ndescription = 'd'"], 'names none of commits, paths'],
    ['a target nobody knows', ["[[allowlists]]\nregexTarget = 'file'\npaths = ['a']"], 'allowlists.0.regexTarget'],
    [
      'an allow-list for no rule',
      ["[[allowlists]]\ntargetRules = ['x']\npaths = ['a']"],
      'there is no rule x (targetRules)',
    ],
    [
      'allow-lists in both forms',
      [rule('a', "regex = 'a'\n[rules.allowlist]\npaths = ['a']\n[[rules.allowlists]]\npaths = ['b']")],
      'rules.0: allowlist is the old form',
    ],
    [
      'the same of the file',
      ["[allowlist]\npaths = ['a']\n[[allowlists]]\npaths = ['b']"],
      'allowlist is the old form',
    ],
  ])('refuses %s', (_what, sources, message) => {
    expect(() => loadSecretRules(sources)).toThrow(SecretRuleError);
    expect(() => loadSecretRules(sources)).toThrow(message);
  });
});

describeSharedData('gitleaks’ own file of rules', (data) => {
  const rules = loadSecretRules([readFileSync(`${data}/secrets/gitleaks.toml`, 'utf8')]);

  it('loads as it is: 222 rules, of which three need a time limit', () => {
    expect(rules.count).toBe(222);
    expect(rules.rules.filter(({ matcher }) => matcher?.open).map(({ id }) => id)).toEqual([
      'curl-auth-header',
      'curl-auth-user',
      'kubernetes-secret-yaml',
    ]);
  });

  it('finds what it is for', () => {
    const text = `t = "ghp_${randomText(36)}"\nglpat-${randomText(20)}\ncurl -u admin:${randomText(20)} https://x.internal/`;
    expect(scanSecrets(rules, 'a', Buffer.from(text)).map((hit) => hit.rule)).toEqual([
      'github-pat',
      'gitlab-pat',
      'curl-auth-user',
    ]);
  });
});
