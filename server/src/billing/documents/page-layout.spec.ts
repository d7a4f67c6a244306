import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownText } from './fixtures/shown-text.ts';
import { glyphRuns } from './glyph-runs.ts';
import { breakLines } from './break-lines.ts';
import { layPages, type Block } from './page-layout.ts';
import { taxWithin } from './printable-bill.ts';

const at = Temporal.Instant.from('2026-03-15T06:00:00Z');
const count = (text: string) => text.length;

describe('lines', () => {
  it.each([
    ['', 5, ['']],
    ['one two', 7, ['one two']],
    ['one two', 6, ['one', 'two']],
    ['one  two', 5, ['one', 'two']],
    ['abcdefgh', 3, ['abc', 'def', 'gh']],
    ['a bcdefgh', 3, ['a', 'bcd', 'efg', 'h']],
  ])('%j in %i', (text, width, lines) => {
    expect(breakLines(text, width, count)).toEqual(lines);
  });

  it('lose nothing but spaces, and are never too wide', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ') }),
        fc.integer({ min: 1, max: 9 }),
        (text, width) => {
          const lines = breakLines(text, width, count);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe('pages', () => {
  it('take any text, and the same text gives the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 12 }), async (text) => {
        const make = () =>
          layPages('x', at, [
            { kind: 'text', text },
            { kind: 'fact', text: 'label', value: text },
            { kind: 'amount', text, value: '1.00 CNY' },
          ]);
        expect(await make()).toEqual(await make());
      }),
      { numRuns: 10 },
    );
  });

  it('go on where one is full', async () => {
    const blocks = Array.from({ length: 200 }, (_, line): Block => {
      return { kind: 'amount', text: `line ${line + 1}`, value: `${line + 1}.00` };
    });
    const shown = shownText(await layPages('many', at, blocks)).split('\n');
    for (let line = 1; line <= 200; line += 1) expect(shown).toContain(`line ${line}`);
    expect(shown.filter((text) => text.endsWith(' / 4'))).toEqual(['1 / 4', '2 / 4', '3 / 4', '4 / 4']);
  });
});

describe('characters', () => {
  it.each([
    ['Bill 1 é', [['Helvetica', 'Bill 1 é']]],
    ['a\u0000\u202e\u2028', [['Helvetica', 'a\\u{0}\\u{202e}\\u{2028}']]],
  ])('%j', (text, runs) => {
    expect(glyphRuns(text).map((run) => [run.font, run.text])).toEqual(runs);
  });
});

describe('the tax within a price', () => {
  it.each([
    [10_600n, 6, 600n],
    [900_000n, 6, 50_943n],
    [1n, 100, 1n],
    [1n, 99, 0n],
    [100n, 0, 0n],
    [0n, 6, 0n],
  ])('of %i cents at %i%% is %i', (cents, percent, tax) => {
    expect(taxWithin(cents, percent)).toBe(tax);
  });
});
