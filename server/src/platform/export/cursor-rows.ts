import { sql, type RawBuilder } from 'kysely';
import type { AppTransaction } from '../database/index.ts';

let cursors = 0;

/** The rows of a query, however many, `atOnce` of them in memory. The cursor ends with them, else with the transaction. */
export async function* cursorRows<Row>(
  tx: AppTransaction,
  query: RawBuilder<unknown>,
  atOnce = 500,
): AsyncGenerator<Row> {
  const cursor = sql.id(`rows_${(cursors += 1)}`);
  await sql`declare ${cursor} no scroll cursor for ${query}`.execute(tx);
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(atOnce)} from ${cursor}`.execute(tx);
    yield* rows;
    if (rows.length < atOnce) break;
  }
  await sql`close ${cursor}`.execute(tx);
}
