/**
 * The books of a database as one text: every row of every table, in which ids that chance or a sequence gave are named
 * after their order. Two runs of one story have the same text, or one has lost or doubled something.
 */
import type pg from 'pg';

/** What no book is. */
const leftOut: Readonly<Record<string, string>> = {
  price_quotes: 'a client that had no answer asks for the price again; what was told before lapses',
  audit_log: 'what the operator asked: asked again it stands there again',
  job_workers: 'which processes run',
  migrations: 'the same for all',
};

/** Sequences: the column that draws from one, and those that name its values. */
const sequences = [
  { table: 'ledger_transactions', column: 'transaction_id', named: ['transaction_id'] },
  { table: 'subscription_grants', column: 'id', named: ['grant_id', 'replaces', 'newest_grant'] },
  { table: 'deals', column: 'place', named: [] },
  { table: 'quota_periods', column: 'id', named: ['period_id'] },
  { table: 'events', column: 'id', named: [] },
  { table: 'deletions', column: 'id', named: ['deletion_id'] },
  { table: 'billing_parks', column: 'id', named: [] },
] as const;

type Row = Record<string, unknown>;

/** Reads the books. */
export async function readBooks(client: pg.Client): Promise<string> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`,
  );
  const books = new Map<string, Row[]>();
  for (const { name } of tables) {
    if (name in leftOut) continue;
    const { rows } = await client.query<{ row: Row }>(`select to_jsonb(t) as row from "${name}" t`);
    books.set(
      name,
      rows.map(({ row }) => row),
    );
  }
  nameSequences(books);
  const { rows: waiting } = await client.query<Row>(
    `select identifier, key, attempts, last_error from graphile_worker.jobs left join lateral (select task_identifier as identifier) i on true order by key`,
  );
  const text = [...books, ['jobs that wait', waiting] as const]
    .map(([name, rows]) => [`# ${name}`, ...rows.map((row) => JSON.stringify(row))].join('\n'))
    .join('\n');
  return nameIds(text, [...(books.get('deals') ?? []), ...(books.get('vouchers') ?? [])]);
}

/** Puts a tenant's own count in the place of what sequences gave, and rows into the order of it. */
function nameSequences(books: ReadonlyMap<string, Row[]>): void {
  for (const { table, column, named } of sequences) {
    const byTenant = Map.groupBy(books.get(table) ?? [], (row) => row['tenant_id']);
    const names = new Map<unknown, string>();
    for (const rows of byTenant.values()) {
      const inOrder = rows.toSorted((a, b) => Number(a[column]) - Number(b[column]));
      for (const [index, row] of inOrder.entries()) names.set(row[column], `${table} ${index + 1}`);
    }
    for (const [name, rows] of books) {
      for (const row of rows) {
        for (const key of name === table ? [column, ...named] : named) {
          const known = names.get(row[key]);
          if (known !== undefined) row[key] = known;
        }
      }
    }
    const rename = (rows: Row[] = [], key: string, pattern: RegExp) => {
      for (const row of rows) {
        const text = JSON.stringify(row[key]);
        row[key] = text.replace(pattern, (_, before: string, id: string) => `${before}${names.get(Number(id)) ?? id}`);
      }
    };
    if (table === 'subscription_grants') rename(books.get('quota_periods'), 'source', /(pack\/)(\d+)/);
    if (table === 'deletions') rename(books.get('events'), 'payload', /("deletion": ?")(\d+)/);
  }
}

/** Puts names in the place of random ids, also inside of bills, events and keys. */
function nameIds(text: string, deals: readonly Row[]): string {
  const ids = deals
    .toSorted((a, b) => order(a).localeCompare(order(b)))
    .flatMap((row, index) => [
      [row['order_id'], `order-${index + 1}`] as const,
      [row['big_deal_id'], `big-deal-${index + 1}`] as const,
      [row['instance_id'], `instance-${index + 1}`] as const,
      [row['voucher_id'], `voucher-${index + 1}`] as const,
    ])
    .filter(([id]) => typeof id === 'string');
  let named = text.replaceAll(/quote-[0-9a-f]{24}/g, 'quote');
  for (const [id, name] of ids) named = named.replaceAll(String(id), name);
  return named
    .split('\n# ')
    .map((table) =>
      table
        .split('\n')
        .toSorted((a, b) => (a < b ? -1 : 1))
        .join('\n'),
    )
    .join('\n# ');
}

function order({ tenant_id: tenant, place }: Row): string {
  const inOrder = typeof place === 'string' ? place.replace(/\d+/, (digits) => digits.padStart(9, '0')) : '';
  return `${String(tenant)} ${inOrder}`;
}
