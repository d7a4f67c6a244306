import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { textArray } from './index.ts';

describe('an array of texts in binary form', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform();
  });
  afterAll(() => platform.close());

  const read = (texts: readonly string[]) =>
    platform.database.inSystem('spec', async (tx) => {
      const { rows } = await sql<{
        text: string;
      }>`select text from unnest(${textArray(texts)}::text[]) as text`.execute(tx);
      return rows.map(({ text }) => text);
    });

  it.each([[[]], [['']], [['{"a":"\\"}', 'NULL', '漢字 ✓ 😀', 'a,b\n']], [['x'.repeat(3_000_000), 'y']]])(
    'comes out as it went in: %#',
    async (texts: string[]) => {
      expect(await read(texts)).toEqual(texts);
    },
  );

  it('comes out as it went in, whatever it is', async () => {
    // PostgreSQL has no text with the character 0, and half a surrogate is none in UTF-8.
    const text = fc.string({ unit: 'binary' }).filter((one) => !one.includes('\0') && one.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 20 }), async (texts) => {
        expect(await read(texts)).toEqual(texts);
      }),
      { numRuns: 50 },
    );
  });
});
