import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64, hex, randomText } from './fixtures/random-text.ts';
import { ruleSamples } from './fixtures/rule-samples.ts';
import { loadSecretRules, scanSecrets, type SecretRules } from './index.ts';

const MIB = 1_048_576;

/** A set of one rule, `key_` and eight digits, changed by what is given. */
function oneRule(more = '', before = ''): SecretRules {
  return loadSecretRules([
    `${before}\n[[rules]]\nid = "r"\nregex = '''key_([0-9a-z]{8})'''\nkeywords = ["key_"]\n${more}`,
  ]);
}

function linesHit(rules: SecretRules, text: string | Uint8Array, path = 'app/file'): number[] {
  return scanSecrets(rules, path, Buffer.from(text)).map((hit) => hit.line);
}

describe('scanning for secrets', () => {
  it('tells rule, line, what may be shown, and a fingerprint', () => {
    const rules = oneRule('[rules.wharfinger]\ntitle = "A key"\nseverity = "low"\n');
    expect(scanSecrets(rules, 'a', Buffer.from('\n\nx = key_12ab34cd'))).toEqual([
      {
        rule: 'r',
        title: 'A key',
        severity: 'low',
        line: 3,
        redacted: '12********',
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    ]);
  });

  it('gives equal fingerprints to equal values, whatever stands around them and whatever the rule', () => {
    const other = loadSecretRules(["[[rules]]\nid = \"o\"\nregex = '''k[_=]([0-9a-z]{8})'''\n"]);
    const [first, second] = scanSecrets(oneRule(), 'a', Buffer.from('key_12ab34cd\nkey_12ab34cd key_99ab34cd'));
    const [third] = scanSecrets(other, 'b', Buffer.from('k=12ab34cd'));
    expect(second?.fingerprint).toBe(first?.fingerprint);
    expect(third?.fingerprint).toBe(first?.fingerprint);
    const [fourth] = scanSecrets(oneRule(), 'a', Buffer.from('key_99ab34cd'));
    expect(fourth?.fingerprint).not.toBe(first?.fingerprint);
  });

  it('tells a value once for each line', () => {
    const text = 'key_12ab34cd key_12ab34cd\nkey_12ab34cd key_00ab34cd\n';
    expect(linesHit(oneRule(), text)).toEqual([1, 2, 2]);
  });

  describe('keywords', () => {
    it.each([
      ['in another case', 'keywords = ["KEY_"]', 'KEY_12ab34cd key_12ab34cd', [1]],
      ['that the match does not hold', 'keywords = ["please"]', 'key_12ab34cd\n\nplease', [1]],
      ['that the file does not hold', 'keywords = ["please"]', 'key_12ab34cd', []],
      ['none', 'keywords = []', '\nkey_12ab34cd', [2]],
      ['several, of which one is there', 'keywords = ["please", "key_"]', 'key_12ab34cd', [1]],
    ])('%s', (_what, keywords, text, lines) => {
      const rules = loadSecretRules([`[[rules]]\nid = "r"\nregex = '''key_([0-9a-z]{8})'''\n${keywords}\n`]);
      expect(linesHit(rules, text)).toEqual(lines);
    });

    it('near which a rule is tried make no difference to what it finds', () => {
      const texts = ruleSamples.flatMap(({ path = 'app/file', rule, hits, lookAlikes }) =>
        [...hits, ...lookAlikes].map((text) => ({ path, rule, text })),
      );
      const compiled = loadSecretRules();
      const alone = new Map(
        compiled.rules.map((rule, index) => [
          rule.id,
          {
            near: { ...compiled, rules: compiled.rules.map((one, at) => (at === index ? one : withoutMatches(one))) },
            whole: wholeFile(compiled, index),
          },
        ]),
      );
      const noise = fc.string({
        unit: fc.constantFrom('a', '-', '=', '"', ' ', '\n', '_', ':', 'A', '0'),
        maxLength: 30,
      });
      fc.assert(
        fc.property(fc.array(fc.tuple(noise, fc.constantFrom(...texts)), { minLength: 1, maxLength: 4 }), (parts) => {
          const bytes = Buffer.from(parts.map(([before, { text }]) => before + text).join(''));
          for (const [, { path, rule }] of parts) {
            const sets = alone.get(rule);
            if (!sets) throw new Error(`no rule ${rule}`);
            expect(scanSecrets(sets.near, path, bytes)).toEqual(scanSecrets(sets.whole, path, bytes));
          }
        }),
        { numRuns: 300 },
      );
    });
  });

  describe('entropy', () => {
    it.each([
      [2.9, 'key_12345678', [1]],
      [3, 'key_12345678', []],
      [1, 'key_aaaaaaaa', []],
      [0, 'key_aaaaaaaa', [1]],
    ])('above %d: %s', (entropy, text, lines) => {
      expect(linesHit(oneRule(`entropy = ${entropy}`), text)).toEqual(lines);
    });
  });

  describe('secretGroup', () => {
    const regex = "regex = '''(user)=(\\w+);(pass)=(\\w*)'''\nkeywords = [\"user\"]";
    const fingerprintOf = (more: string): string | undefined =>
      scanSecrets(loadSecretRules([`[[rules]]\nid = "r"\n${regex}\n${more}`]), 'a', Buffer.from('user=anna;pass=x9'))[0]
        ?.fingerprint;
    const fingerprints = ['', 'secretGroup = 1', 'secretGroup = 2', 'secretGroup = 4'].map((more) =>
      fingerprintOf(more),
    );

    it('is the group named, else the first that is not empty', () => {
      expect(fingerprints[0]).toBe(fingerprints[1]);
      expect(new Set(fingerprints).size).toBe(3);
    });

    it('that is empty is no secret', () => {
      const rules = loadSecretRules([`[[rules]]\nid = "r"\n${regex}\nsecretGroup = 4`]);
      expect(linesHit(rules, 'user=anna;pass=')).toEqual([]);
    });

    it('is all that matched where there are no groups', () => {
      const rules = loadSecretRules(["[[rules]]\nid = \"r\"\nregex = '''\\n?key_\\w{8}\\n?'''\nkeywords = [\"key_\"]"]);
      expect(scanSecrets(rules, 'a', Buffer.from('\nkey_12345678\n'))).toMatchObject([
        { redacted: 'key********', line: 2 },
      ]);
    });
  });

  describe('allow-lists', () => {
    const text = 'x key_12ab34cd y\nkey_99ab34cd\n';
    const list = (body: string, section = 'rules.allowlists'): string => `[[${section}]]\n${body}\n`;

    it.each([
      ['of secrets', list("regexes = ['''^12''']"), [2]],
      ['of matches', list("regexTarget = 'match'\nregexes = ['''^key_12''']"), [2]],
      ['of lines', list("regexTarget = 'line'\nregexes = ['''^x .* y$''']"), [2]],
      ['of words, in any case', list("stopwords = ['AB34']"), []],
      ['of words that are not there', list("stopwords = ['zz']"), [1, 2]],
      ['of paths', list("paths = ['''^app/''']"), []],
      ['of other paths', list("paths = ['''^lib/''']"), [1, 2]],
      ['one or the other', list("regexes = ['''^12''']\npaths = ['''^app/''']"), []],
      ['both', list("condition = 'AND'\nregexes = ['''^12''']\npaths = ['''^app/''']"), [2]],
      ['both, as Go writes it', list("condition = '&&'\nregexes = ['''^12''']\npaths = ['''^lib/''']"), [1, 2]],
      ['of commits, which files of images have not', list("commits = ['abc']"), [1, 2]],
      ['of commits and secrets, both', list("condition = 'AND'\ncommits = ['abc']\nregexes = ['''^12''']"), [1, 2]],
      ['in the old form', "[rules.allowlist]\nregexes = ['''^12''']", [2]],
      ['two', list("regexes = ['''^12''']") + list("stopwords = ['99']"), []],
    ])('of a rule: %s', (_what, more, lines) => {
      expect(linesHit(oneRule(more), text)).toEqual(lines);
    });

    it.each([
      ['of secrets', list("regexes = ['''^12''']", 'allowlists'), [2]],
      ['of paths', list("paths = ['''^app/''']", 'allowlists'), []],
      [
        'of paths and secrets, both',
        list("condition = 'AND'\npaths = ['''^app''']\nregexes = ['''^12''']", 'allowlists'),
        [2],
      ],
      ['for this rule', list("targetRules = ['r']\nstopwords = ['12']", 'allowlists'), [2]],
      ['for the path and this rule', list("targetRules = ['r']\npaths = ['''^app/''']", 'allowlists'), []],
      ['in the old form', "[allowlist]\nregexes = ['''^12''']", [2]],
    ])('of the file: %s', (_what, before, lines) => {
      expect(linesHit(oneRule('', before), text)).toEqual(lines);
    });
  });

  describe('composite rules', () => {
    const user = '[[rules]]\nid = "u"\nregex = "user=\\\\w+"\nskipReport = true\n';
    const beside = (bounds: string, required = user): SecretRules =>
      oneRule(`[[rules.required]]\nid = "u"\n${bounds}\n${required}`);
    const many = (count: number, line: string): string => `${line}\n`.repeat(count);

    it('find what stands beside the last of many', () => {
      const text = `${many(5000, 'key_12ab34cd')}user=anna\nkey_99ab34cd\n`;
      expect(linesHit(beside('withinLines = 1'), text)).toEqual([5000, 5002]);
    });

    it('find what stands beside one of very many', () => {
      const text = `${many(9000, 'user=anna')}${'\n'.repeat(9)}key_12ab34cd\n\nuser=bert`;
      expect(linesHit(beside('withinLines = 2'), text)).toEqual([9010]);
    });

    it('tell of a file that is made of them in part, and count the rest', () => {
      const losses = { hits: 0, outOfTime: 0 };
      const text = `${many(150, 'key_12ab34cd')}user=anna`;
      expect(scanSecrets(beside(''), 'a', Buffer.from(text), losses)).toHaveLength(100);
      expect(losses).toEqual({ hits: 50, outOfTime: 0 });
    });

    it('count companions that nobody looks at any more', () => {
      const losses = { hits: 0, outOfTime: 0 };
      const text = `${many(10_003, 'user=anna')}key_12ab34cd`;
      expect(scanSecrets(beside('withinLines = 1'), 'a', Buffer.from(text), losses)).toEqual([]);
      expect(losses.hits).toBe(3);
    });

    it('find nothing where the required expression would take for ever', () => {
      const losses = { hits: 0, outOfTime: 0 };
      const evil = '[[rules]]\nid = "u"\nregex = "b(a+)+$"\nskipReport = true\n';
      const text = `key_12ab34cd\nb${'a'.repeat(3000)}!`;
      expect(scanSecrets(beside('', evil), 'a', Buffer.from(text), losses)).toEqual([]);
      expect(losses.outOfTime).toBe(1);
      expect(linesHit(beside('', evil), 'key_12ab34cd\nbaaa')).toEqual([1]);
    });

    it('find what their rule finds alone, where the other is near', () => {
      const alone = oneRule();
      const part = fc.constantFrom('key_12ab34cd', 'user=anna', '\n', ' ', 'user=', 'key_');
      fc.assert(
        fc.property(fc.array(part, { maxLength: 30 }), fc.integer({ min: 0, max: 5 }), (parts, within) => {
          const text = parts.join('');
          const users = text.split('\n').flatMap((line, at) => (/user=\w/.test(line) ? [at + 1] : []));
          expect(linesHit(beside(`withinLines = ${within}`), text)).toEqual(
            linesHit(alone, text).filter((line) => users.some((other) => Math.abs(other - line) <= within)),
          );
        }),
      );
    });
  });

  describe('paths', () => {
    it.each([
      ['app/.env', [1]],
      ['app/.env.local', []],
    ])('a rule for .env files in %s', (path, lines) => {
      expect(linesHit(oneRule("path = '''(?:^|/)\\.env$'''"), 'key_12ab34cd', path)).toEqual(lines);
    });

    it('alone make a finding of the whole file', () => {
      const rules = loadSecretRules(["[[rules]]\nid = \"r\"\npath = '''\\.p12$'''"]);
      const [hit] = scanSecrets(rules, 'a/key.p12', Buffer.from([0, 1, 2]));
      expect(hit).toMatchObject({ rule: 'r', line: 0, redacted: '********' });
      expect(scanSecrets(rules, 'b.p12', Buffer.from([0, 1, 2]))[0]?.fingerprint).toBe(hit?.fingerprint);
      expect(scanSecrets(rules, 'a/key.pem', Buffer.from([0, 1, 2]))).toEqual([]);
    });
  });

  describe('rules that find the same text', () => {
    const rule = (id: string, regex: string, keyword: string, more = ''): string =>
      `[[rules]]\nid = "${id}"\nregex = '''${regex}'''\nkeywords = ["${keyword}"]\n${more}`;
    const hits = (text: string, ...rules: string[]): string[] =>
      scanSecrets(loadSecretRules([rules.join('')]), 'a', Buffer.from(text)).map((hit) => hit.rule);

    it('settle on the one that is not generic', () => {
      const generic = rule('a', 'password=(\\w+)', 'password', '[rules.wharfinger]\ngeneric = true\n');
      expect(hits('password=key_12345678', generic, rule('b', 'key_\\w{8}', 'key_'))).toEqual(['b']);
      expect(hits('password=12345678', generic, rule('b', 'key_\\w{8}', 'key_'))).toEqual(['a']);
    });

    it('settle on the longer keyword, the longer secret, the first', () => {
      expect(hits('xkey_12345678', rule('a', 'ey_\\w{8}', 'ey_'), rule('b', 'xkey_\\w{8}', 'xkey_'))).toEqual(['b']);
      expect(hits('key_12345678', rule('a', 'key_\\w{4}', 'key_'), rule('b', 'key_\\w{8}', 'key_'))).toEqual(['b']);
      expect(hits('key_12345678', rule('b', 'key_\\w{8}', 'key_'), rule('a', 'key_\\w{8}', 'key_'))).toEqual(['b']);
    });

    it('stay both where they do not overlap', () => {
      expect(hits('key_1234 yek_1234', rule('a', 'key_\\w{4}', 'key_'), rule('b', 'yek_\\w{4}', 'yek_'))).toEqual([
        'a',
        'b',
      ]);
    });
  });

  describe('long files', () => {
    it.each([0, 1, MIB - 12, MIB - 6, MIB - 1, MIB, MIB + 1, 2 * MIB - 5, 3 * MIB - 12])(
      'with a secret at %d',
      (at) => {
        const bytes = Buffer.alloc(3 * MIB, '\n');
        bytes.write('key_12ab34cd', at);
        expect(linesHit(oneRule(), bytes)).toEqual([at + 1]);
        const nowhere = loadSecretRules(["[[rules]]\nid = \"r\"\nregex = '''key_([0-9a-z]{8})'''\n"]);
        expect(linesHit(nowhere, bytes)).toEqual([at + 1]);
      },
    );

    it('of one line', () => {
      const bytes = Buffer.alloc(3 * MIB, 'x ');
      for (const at of [100, MIB - 4, 2 * MIB + 7]) bytes.write(' key_12ab34cd ', at);
      const rules = oneRule("[[rules.allowlists]]\nregexTarget = 'line'\nregexes = ['''nothing''']");
      expect(linesHit(rules, bytes)).toEqual([1]);
    });

    it('with a long key across a border', () => {
      const key = `-----BEGIN RSA PRIVATE KEY-----\n${randomText(3000, base64)}\n-----END RSA PRIVATE KEY-----\n`;
      const bytes = Buffer.concat([Buffer.alloc(MIB - 1500, '\n'), Buffer.from(key), Buffer.alloc(MIB, '\n')]);
      expect(scanSecrets(loadSecretRules(), 'a', bytes).map((hit) => hit.rule)).toEqual(['private-key']);
    });

    it('made of secrets are told of in part, and the rest is counted', () => {
      const losses = { hits: 0, outOfTime: 0 };
      const text = Array.from({ length: 150 }, (_, number) => `key_${String(number).padStart(8, '0')}\n`).join('');
      expect(scanSecrets(oneRule(), 'a', Buffer.from(text), losses)).toHaveLength(100);
      expect(losses).toEqual({ hits: 50, outOfTime: 0 });
    });
  });

  describe('binary data', () => {
    it('holds secrets between any bytes', () => {
      const bytes = Buffer.concat([
        Buffer.from([0, 255, 10, 0, 200]),
        Buffer.from('key_12ab34cd'),
        Buffer.from([0, 255]),
      ]);
      expect(linesHit(oneRule(), bytes)).toEqual([2]);
    });

    it('is taken as it is, also text that is not ASCII', () => {
      const rules = loadSecretRules(["[[rules]]\nid = \"r\"\nregex = '''пароль=(\\S{4,})'''\nkeywords = [\"пароль\"]"]);
      const [hit] = scanSecrets(rules, 'a', Buffer.from('пароль=слово123'));
      expect(hit).toMatchObject({ line: 1, redacted: '...********' });
    });

    it('never stops a scan', () => {
      const rules = loadSecretRules();
      const piece = fc.oneof(
        fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
        fc.constantFrom(...ruleSamples.flatMap(({ hits }) => hits)).map((text) => Buffer.from(text)),
        fc
          .constantFrom('eyJ', 'key-', '://', 'secret', '-----BEGIN PRIVATE KEY-----')
          .map((text) => Buffer.from(text.repeat(9))),
      );
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), fc.array(piece, { maxLength: 6 }), (path, pieces) => {
          const hits = scanSecrets(rules, path, Buffer.concat(pieces));
          expect(hits.every(({ line }) => line >= 1)).toBe(true);
        }),
        { numRuns: 300 },
      );
    });
  });

  describe('expressions that would take for ever', () => {
    const evil = (regex: string, more = ''): SecretRules =>
      loadSecretRules([
        `[[rules]]\nid = "evil"\nregex = '''${regex}'''\nkeywords = ["key"]\n${more}
        [[rules]]\nid = "good"\nregex = '''good_[0-9]{4}'''\nkeywords = ["good_"]`,
      ]);

    it.each([
      ['repetitions inside one another', 'key(a+)+$'],
      ['the same, bounded', 'key(?:a{1,90}){1,90}$'],
    ])('are broken off, what others find is told: %s', (_what, regex) => {
      const losses = { hits: 0, outOfTime: 0 };
      const start = performance.now();
      const text = `good_1234 key${'a'.repeat(3000)}!\ngood_5678`;
      expect(scanSecrets(evil(regex), 'a', Buffer.from(text), losses).map((hit) => hit.rule)).toEqual(['good', 'good']);
      expect(losses.outOfTime).toBe(1);
      expect(performance.now() - start).toBeLessThan(20_000);
    });

    it('are run where they do no harm', () => {
      const hits = scanSecrets(evil('key(a+)+$'), 'a', Buffer.from('good_1234 keyaaaa'));
      expect(hits.map((hit) => hit.rule)).toEqual(['good', 'evil']);
    });

    it('are broken off in allow-lists too', () => {
      const losses = { hits: 0, outOfTime: 0 };
      const rules = evil('key[a-z!]{20,}', "[[rules.allowlists]]\nregexes = ['''(a+)+$''']");
      expect(scanSecrets(rules, 'a', Buffer.from(`key${'a'.repeat(60)}!`), losses)).toHaveLength(1);
      expect(losses.outOfTime).toBe(1);
    });

    it('do not hold up a file that is made of keywords', () => {
      const losses = { hits: 0, outOfTime: 0 };
      const start = performance.now();
      const rules = loadSecretRules();
      for (const word of [
        'eyJ',
        'password="',
        'https://a:',
        '-----BEGIN PRIVATE KEY-----A',
        hex(4),
        'AKIDsecretkey=',
      ]) {
        scanSecrets(rules, 'app/.env', Buffer.alloc(2 * MIB, word), losses);
      }
      expect(performance.now() - start).toBeLessThan(40_000);
    });
  });
});

function withoutMatches(rule: SecretRules['rules'][number]): SecretRules['rules'][number] {
  return { ...rule, path: /(?!)/ };
}

/** The same rule, tried on the whole file without asking for keywords. */
function wholeFile(rules: SecretRules, index: number): SecretRules {
  const only = rules.rules.map((rule, at) => (at === index ? rule : withoutMatches(rule)));
  return { ...rules, rules: only, keywords: [], always: [index] };
}
