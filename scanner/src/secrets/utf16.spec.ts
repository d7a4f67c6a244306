import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeGitHubToken } from '../../../tests/support/images/index.ts';
import { loadSecretRules, scanSecrets, wantsSecrets } from './index.ts';
import { narrowText, wideEncodingOf } from './utf16.ts';

const wide = (text: string) => Buffer.from(text, 'utf16le');
const bigEndian = (text: string) => wide(text).swap16();

describe('text of two bytes a character', () => {
  it.each([
    ['a mark, little-endian', wide('\ufeffA'), 'utf16le'],
    ['a mark, big-endian', bigEndian('\ufeffA'), 'utf16be'],
    ['no mark, little-endian', wide('password = "x"'), 'utf16le'],
    ['no mark, big-endian', bigEndian('password = "x"'), 'utf16be'],
    ['mostly letters of Latin', wide('Passwörter – 密: password = "x"'), 'utf16le'],
    ['plain text', Buffer.from('password = "x"'), undefined],
    ['an odd zero', Buffer.from('p\0assword = "xyzxyz"'), undefined],
    ['zeros', Buffer.alloc(64), undefined],
    ['next to nothing', Buffer.from('a\0b\0'), undefined],
    ['nothing', Buffer.alloc(0), undefined],
  ])('is known by its beginning: %s', (_what, bytes, expected) => {
    expect(wideEncodingOf(bytes)).toBe(expected);
  });

  it.each([
    ['little-endian', wide],
    ['big-endian', bigEndian],
  ])('is written anew as it was: %s', (_what, encode) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(Buffer.from(narrowText(encode(`\ufeff${text}`))).toString()).toBe(text);
      }),
    );
  });

  it('takes any bytes without an error, and no more than it needs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(narrowText(bytes).length).toBeLessThanOrEqual(bytes.length * 2);
      }),
    );
  });

  it.each([
    ['little-endian', wide],
    ['big-endian', bigEndian],
  ])('is searched for secrets, by line: %s', (_what, encode) => {
    const rules = loadSecretRules();
    const plain = scanSecrets(rules, 'app/a.env', Buffer.from(`A=1\nTOKEN=${fakeGitHubToken()}\n`));
    expect(plain).toMatchObject([{ rule: 'github-token', line: 2 }]);
    for (const mark of ['', '\ufeff']) {
      expect(scanSecrets(rules, 'app/a.env', encode(`${mark}A=1\nTOKEN=${fakeGitHubToken()}\n`))).toEqual(plain);
    }
  });

  it('is wanted also where it is larger than data that is not text', () => {
    const sizeBytes = 16 * 1024 * 1024;
    expect(wantsSecrets('app/a.txt', wide('a setting of this'), sizeBytes)).toBe(true);
    expect(wantsSecrets('app/a.db', Buffer.from('SQLite format 3\0and'), sizeBytes)).toBe(false);
  });
});
