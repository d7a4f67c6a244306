import { emitExpression } from '../../src/secrets/emit-expression.ts';
import { ExpressionError } from '../../src/secrets/expression.ts';
import { hasOpenRepeats } from '../../src/secrets/find-open-repeats.ts';
import { loadSecretRules, scanSecrets, SecretRuleError } from '../../src/secrets/index.ts';
import { widthOf } from '../../src/secrets/measure-expression.ts';
import { parseRe2 } from '../../src/secrets/parse-re2.ts';
import { fakeGitHubToken } from '../../../tests/support/images/index.ts';
import { type FuzzTarget, promise } from '../fuzz-target.ts';

const expressions = [
  String.raw`(?i)(?:key|token)(?:[0-9a-z\-_\t .]{0,20})(?:[\s|']|[\s|"]){0,3}(?:=|>|:{1,3}=|\|\|:|<=|=>|:|\?=)(?:'|\"|\s|=|\x60){0,5}([a-z0-9]{32})(?:['|\"|\n|\r|\s|\x60|;]|$)`,
  String.raw`\b((?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z2-7]{16})\b`,
  String.raw`(?s)^\A(?P<name>a+?|b*?)\Q.*\E[^[:alpha:]\pL\x{10ffff}]+\z`,
];
const expressionWords = [
  '(?i)',
  '(?:',
  '(?P<n>',
  ')',
  '|',
  '*',
  '+?',
  '{0,1000}',
  '{2,}',
  '[^',
  ']',
  String.raw`\b`,
  String.raw`\Q`,
  String.raw`\E`,
  String.raw`\pL`,
  '[[:alnum:]]',
  String.raw`\x{1F600}`,
  '$',
  '^',
];

/** From RE2's syntax to V8's: what is taken compiles there. */
export const re2: FuzzTarget = {
  seeds: expressions.map((text) => Buffer.from(text)),
  words: expressionWords,
  read(input) {
    const source = Buffer.from(input).toString('utf8').slice(0, 20_000);
    try {
      const tree = parseRe2(source);
      const emitted = emitExpression(tree);
      void new RegExp(emitted, 'y');
      return { word: hasOpenRepeats(tree) ? 'open' : 'read', told: [emitted, widthOf(tree)] };
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return { word: 'refused', told: error.message };
    }
  },
};

/** Our own, and some of kinds that ours have none of: composite, and without a keyword. */
const rules = loadSecretRules([
  String.raw`[extend]
useDefault = true
[[rules]]
id = "pair"
regex = '''(?m)^secret\b.{0,20}'''
keywords = ["secret"]
[[rules.required]]
id = "partner"
withinLines = 2
withinColumns = 40
[[rules]]
id = "partner"
regex = '''user|password|key'''
skipReport = true
[[rules]]
id = "anywhere"
path = '''settings'''
regex = '''[0-9]{12,20}'''
`,
]);

export const secrets: FuzzTarget = {
  seeds: [
    `token: ${fakeGitHubToken()}\nexport AWS_ACCESS_KEY_ID=${'AKIA'.concat('QWERTYUIOPASDFGH')}\npassword = "hunter2hunter2"\n`,
    `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA7x'.repeat(12)}\n-----END RSA PRIVATE KEY-----\n`,
    'user = a\nsecret = b\npassword = c\n123456789012345\n',
    '{"api_key":"0123456789abcdef0123456789abcdef","secret":"aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ="}\n',
  ].map((text) => Buffer.from(text)),
  words: [
    'api_key=',
    'secret',
    'password: ',
    'AKIA',
    'ghp_',
    'xoxb-',
    'sk_live_',
    'LTAI',
    '-----BEGIN ',
    'PRIVATE KEY-----',
    'eyJ',
    'https://u:p@',
    ' = "',
  ],
  read(input) {
    const losses = { hits: 0, outOfTime: 0 };
    const told = scanSecrets(rules, 'app/settings.txt', input, losses);
    promise(losses.outOfTime === 0, 'ran out of time');
    promise(
      told.every(({ line, redacted }) => line >= 1 && redacted.length <= 8192 && redacted.isWellFormed()),
      'a hit that cannot be kept',
    );
    return { word: told.length > 0 ? 'found' : 'nothing', told };
  },
};

const ruleFile = String.raw`title = "rules"
[extend]
useDefault = false
disabledRules = ["x"]
[[rules]]
id = "a"
description = "A key"
regex = '''(?i)a_[0-9a-z]{20}'''
keywords = ["a_"]
entropy = 3.0
secretGroup = 0
[[rules.allowlists]]
regexTarget = "line"
condition = "AND"
regexes = ['''example''']
paths = ['''\.md$''']
stopwords = ["test"]
[[rules]]
id = "b"
path = '''(?i)\.pem$'''
tags = ["t"]
[[rules.required]]
id = "a"
withinLines = 3
withinColumns = 4
[[allowlists]]
targetRules = ["a"]
paths = ['''node_modules''']
`;

export const gitleaks: FuzzTarget = {
  seeds: [Buffer.from(ruleFile)],
  words: [
    '[[rules]]\n',
    "regex = '''",
    "'''",
    '"""',
    'keywords = [',
    'id = "c"\n',
    '[rules.wharfinger]\n',
    'secretGroup = 1\n',
    '[[rules.required]]\n',
    'withinLines = ',
    'skipReport = true\n',
    'useDefault = true\n',
    ...expressionWords,
  ],
  read(input) {
    try {
      const { count, digest } = loadSecretRules([Buffer.from(input).toString('utf8')]);
      return { word: 'loaded', told: [count, digest] };
    } catch (error) {
      if (!(error instanceof SecretRuleError)) throw error;
      return { word: 'refused', told: error.message };
    }
  },
};
