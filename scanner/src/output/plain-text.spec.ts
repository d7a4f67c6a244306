import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, fit, pad, plainText, wrap } from './plain-text.ts';

describe('plainText', () => {
  it.each([
    ['openssl 1.1.1k-1+deb11u1', 'openssl 1.1.1k-1+deb11u1'],
    ['日本語 – größer', '日本語 – größer'],
    ['\u001b[31mred\u001b[0m', '\u{fffd}[31mred\u{fffd}[0m'],
    ['\u009b2J', '\u{fffd}2J'],
    ['one\r\ntwo\tthree\u2028four', 'one two three four'],
    ['exe.\u202etxt', 'exe.\u{fffd}txt'],
    ['a\u200bb\u{e0041}c\ud800d', 'a\u{fffd}b\u{fffd}c\u{fffd}d'],
    ['z\u0300\u0301\u0302\u0303\u0304\u0305', 'z\u0300\u0301\u0302\u0303'],
  ])('%j becomes %j', (text, shown) => {
    expect(plainText(text)).toBe(shown);
  });

  it('leaves nothing that steers a terminal, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

it.each([
  ['abc', 3],
  ['日本', 4],
  ['e\u0301', 1],
  ['😀', 2],
  ['Ａ', 2],
  ['×…', 2],
])('%j takes %i cells', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

it.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['ab cd', 4, 'ab…'],
])('%j cut to %i cells is %j', (text, width, cut) => {
  expect(fit(text, width)).toBe(cut);
});

it('cuts and fills to exact widths', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      const plain = plainText(text);
      expect(displayWidth(fit(plain, width))).toBeLessThanOrEqual(width);
      expect(displayWidth(pad(fit(plain, width), width))).toBe(width);
    }),
  );
});

describe('wrap', () => {
  it.each([
    ['one two three', 7, '', ['one two', 'three']],
    ['one two three', 9, '  ', ['one two', '  three']],
    ['path/without/any/space', 8, '', ['path/wit', 'hout/any', '/space']],
    ['at path/without/any', 8, '  ', ['at', '  path/w', '  ithout', '  /any']],
    ['', 8, '', []],
  ])('%j at %i with indent %j', (text, width, indent, lines) => {
    expect(wrap(text, width, indent)).toEqual(lines);
  });

  it('loses no word and goes beyond no line', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 10, max: 60 }), (text, width) => {
        const lines = wrap(plainText(text), width, '  ');
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(plainText(text).replaceAll(' ', ''));
      }),
    );
  });
});
