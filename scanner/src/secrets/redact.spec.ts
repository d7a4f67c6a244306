import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleSamples } from './fixtures/rule-samples.ts';
import { randomText } from './fixtures/random-text.ts';
import { loadSecretRules, scanSecrets } from './index.ts';
import { fingerprint, redact } from './redact.ts';

describe('what is shown of a secret', () => {
  it.each([
    ['', '********'],
    ['abc', '********'],
    ['abcd', 'a********'],
    ['abcdefgh', 'ab********'],
    ['ghp_abcdefghijklmnop', 'ghp_********'],
    ['\u0000\n\u00e9\u001b0123456789ab', '....********'],
  ])('%j', (secret, shown) => {
    expect(redact(secret)).toBe(shown);
  });

  it('is a quarter at most, four characters at most, and tells no length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (secret) => {
        const shown = redact(secret);
        expect(shown).toMatch(/^[\x20-\x7e]{0,4}\*{8}$/);
        expect((shown.length - 8) * 4).toBeLessThanOrEqual(secret.length);
      }),
    );
  });

  it('is all that leaves the engine: no eight characters of a value stand in a hit', () => {
    const rules = loadSecretRules([
      '[[rules]]\nid = "r"\nregex = \'\'\'key_([ -~]{8,60})\'\'\'\nkeywords = ["key_"]\ndescription = "A key"\n',
    ]);
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 60 }), fc.string({ maxLength: 20 }), (secret, before) => {
        const hits = scanSecrets(rules, 'a', Buffer.from(`${before}\nkey_${secret}\n`));
        const told = JSON.stringify(hits);
        for (let at = 0; at + 8 <= secret.length; at++) {
          const part = secret.slice(at, at + 8);
          // What the mask or the hit's own words hold is no leak.
          if (!'********'.includes(part) && /[^*]{3}/.test(part)) expect(told).not.toContain(part);
        }
      }),
    );
  });

  it('is all that leaves the engine, for each rule of our own', () => {
    const rules = loadSecretRules();
    for (const { path = 'app/file', hits } of ruleSamples) {
      for (const text of hits) {
        const found = scanSecrets(rules, path, Buffer.from(text));
        const told = JSON.stringify(found.map(({ rule: _rule, title: _title, ...rest }) => rest));
        for (let at = 0; at + 8 <= text.length; at++) expect(told).not.toContain(text.slice(at, at + 8));
      }
    }
  });
});

describe('the fingerprint of a secret', () => {
  it('is the first half of a SHA-256’s half', () => {
    expect(fingerprint('abc')).toBe('ba7816bf8f01cfea');
    expect(fingerprint(Buffer.from('abc'))).toBe('ba7816bf8f01cfea');
  });

  it('differs for other values', () => {
    const values = Array.from({ length: 200 }, (_, length) => randomText(length + 1));
    expect(new Set(values.map((value) => fingerprint(value))).size).toBe(200);
  });
});
