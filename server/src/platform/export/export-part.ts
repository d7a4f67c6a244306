/** How a domain gives its part when everything that a tenant has is exported: rows as lines of JSON, one file for each kind. */
import { sql } from 'kysely';
import type { AppTransaction } from '../database/index.ts';
import { cursorRows } from './cursor-rows.ts';

/** A table of which a part has the rows of the tenant. */
export interface ExportedTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns that are left out, each with the reason. */
  readonly omitted?: Readonly<Record<string, string>>;
}

export interface ExportPart {
  readonly domain: string;
  /** Of its file, without `.ndjson`. */
  readonly name: string;
  readonly tables: readonly ExportedTable[];
  /** The rows of this transaction's tenant, each as one line of JSON without its end; read as they are taken. */
  lines(tx: AppTransaction): AsyncIterable<string>;
}

/** A part that has the rows of one table as they are, in the order of these columns. */
export function tablePart(
  domain: string,
  name: string,
  part: ExportedTable & { orderBy: readonly string[] },
): ExportPart {
  const { table, columns, omitted = {}, orderBy } = part;
  return {
    domain,
    name,
    tables: [{ table, columns, omitted }],
    async *lines(tx) {
      const chosen = sql`
        select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(table)}
        where tenant_id = current_tenant() order by ${sql.join(orderBy.map((column) => sql.ref(column)))}`;
      const rows = cursorRows<{ line: string }>(tx, sql`select row_to_json(r)::text as line from (${chosen}) r`);
      for await (const { line } of rows) yield line;
    },
  };
}
