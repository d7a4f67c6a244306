import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, packJson, storableJson, storableText, unpackJson } from './storable.ts';

describe('what the database takes', () => {
  it.each([
    ['plain text', 'plain text'],
    ['a\0b', 'a\uFFFDb'],
    ['\uD800x', '\uFFFDx'],
    ['容器', '容器'],
  ])('%j is kept as %j', (text, kept) => {
    expect(storableText(text)).toBe(kept);
  });

  it('holds for every text of a JSON value', () => {
    expect(storableJson([{ path: 'a\0', list: ['\0'] }])).toBe('[{"path":"a\uFFFD","list":["\uFFFD"]}]');
  });

  it('packs any JSON exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(await unpackJson(await packJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('tells parts apart, wherever they are cut', () => {
    expect(digestOf('a', 'bc')).not.toBe(digestOf('ab', 'c'));
    expect(digestOf('a', 1)).toBe(digestOf('a', 1));
  });
});
