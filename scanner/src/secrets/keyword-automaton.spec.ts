import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildKeywordAutomaton, findKeywords } from './keyword-automaton.ts';
import { keywordSearch } from './keyword-search.ts';

function placesOf(keywords: readonly string[], bytes: Uint8Array): string[] {
  const places: string[] = [];
  findKeywords(buildKeywordAutomaton(keywords), bytes, (end, numbers) => {
    for (const number of numbers) places.push(`${number}@${end}`);
    return true;
  });
  return places.sort();
}

/** The same, told the slow way. */
function placesByIndexOf(keywords: readonly string[], bytes: Uint8Array): string[] {
  const fold = (buffer: Buffer): Buffer =>
    buffer.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)) as Buffer;
  const text = fold(Buffer.from(bytes)).toString('latin1');
  return keywords
    .flatMap((keyword, number) => {
      const wanted = Buffer.from(keyword.toLowerCase()).toString('latin1');
      const places: string[] = [];
      if (wanted === '') return places;
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
        places.push(`${number}@${at + wanted.length}`);
      }
      return places;
    })
    .sort();
}

/** As it is while there is little to search, then by tables: the same places, in the order of the bytes. */
function placesBySearch(keywords: readonly string[], bytes: Uint8Array): string[] {
  const search = keywordSearch(keywords);
  const run = (): string[] => {
    const places: string[] = [];
    let last = 0;
    search(bytes, (end, numbers) => {
      expect(end).toBeGreaterThanOrEqual(last);
      last = end;
      for (const number of numbers) places.push(`${number}@${end}`);
      return true;
    });
    return places.sort();
  };
  const few = run();
  search(new Uint8Array(100_000), () => true);
  expect(run()).toEqual(few);
  return few;
}

describe('looking for many keywords at once', () => {
  it.each([
    [['he', 'she', 'hers'], 'uSHErs', ['0@4', '1@4', '2@6']],
    [['aa'], 'aaaa', ['0@2', '0@3', '0@4']],
    [['é'], 'caf\u00e9', ['0@5']],
    [[''], 'anything', []],
    [['a', 'a'], 'a', ['0@1', '1@1']],
  ])('%j in %j', (keywords, text, places) => {
    expect(placesOf(keywords, Buffer.from(text))).toEqual(places);
  });

  it('finds what a plain search finds', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '_', 'é'), maxLength: 40 });
    const keyword = fc.string({ unit: fc.constantFrom('a', 'b', '_', 'é'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(keyword, { maxLength: 6 }), text, (keywords, content) => {
        const bytes = Buffer.from(content);
        const places = placesByIndexOf(keywords, bytes);
        expect(placesOf(keywords, bytes)).toEqual(places);
        expect(placesBySearch(keywords, bytes)).toEqual(places);
      }),
    );
  });

  it('finds what a plain search finds, also where none is very short', () => {
    const letters = fc.constantFrom('a', 'b', 'c', '_', 'é', 'K');
    const keyword = fc.string({ unit: letters, minLength: 3, maxLength: 10 });
    const text = fc
      .array(fc.oneof(keyword, fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '\u007f', '\n', 'é', 'É') })))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(keyword, { maxLength: 8 }), text, fc.nat(40), (keywords, content, indent) => {
        // Texts hold what is looked for; and not always at the beginning of a buffer.
        const bytes = Buffer.from(' '.repeat(indent) + content + keywords.join('').toUpperCase()).subarray(indent);
        expect(placesBySearch(keywords, bytes)).toEqual(placesByIndexOf(keywords, bytes));
      }),
    );
  });

  it('finds keywords at the borders of what is looked at in one go', () => {
    const bytes = Buffer.alloc(50_000, 'x');
    for (const at of [0, 16_380, 16_384, 32_765, 49_992]) bytes.write('KEYWORDs', at);
    const keywords = ['keywords', 'key', 'ords', 'rds'];
    expect(placesBySearch(keywords, bytes)).toEqual(placesByIndexOf(keywords, bytes));
    expect(placesBySearch(keywords, bytes)).toHaveLength(17);
  });

  it('tells thousands of keywords apart, though some have the same hash', () => {
    const keywords = Array.from({ length: 5000 }, (_, number) => `k${number.toString(36)}_`.padStart(4, '-'));
    const bytes = Buffer.from(keywords.join(' '));
    expect(placesBySearch(keywords, bytes)).toEqual(placesByIndexOf(keywords, bytes));
  });

  it('stops when it is told to', () => {
    let calls = 0;
    findKeywords(buildKeywordAutomaton(['a']), Buffer.from('aaaa'), () => ++calls < 2);
    expect(calls).toBe(2);
    keywordSearch(['a'])(Buffer.from('aaaa'), () => ++calls < 4);
    expect(calls).toBe(4);
  });
});
