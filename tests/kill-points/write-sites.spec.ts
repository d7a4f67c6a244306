import { describe, expect, it } from 'vitest';
import { sameWrites, writesOf, writingFunctionsOf } from './sql-writes.ts';
import { sitesIn } from './write-sites.ts';

describe('what an SQL text writes', () => {
  it.each([
    ['select * from deals for update', []],
    ['insert into "deals" ("order_id") values ($1)', ['insert deals']],
    ['insert into a (b) values (1) on conflict (b) do update set b = 2', ['insert a']],
    [
      'with gone as (delete from timers t returning t.*) select (graphile_worker.add_job(job)).key from gone',
      ['delete timers', 'call graphile_worker.add_job'],
    ],
    ['update "graphile_worker"._private_jobs as jobs set locked_by = null', ['update graphile_worker._private_jobs']],
    ['select enqueue_job($1, $2)', ['call enqueue_job']],
    ['select from t where updated and last_update > 1', []],
  ])('%s', (text, writes) => {
    expect(writesOf(text, ['enqueue_job'])).toEqual(writes);
  });

  it('takes the functions that write from the migrations, without triggers', () => {
    const migrations = `
      create function takes() returns boolean language sql as $$ update t set used = used + 1 returning true $$;
      create function reads() returns boolean language sql as $$ select true $$;
      create function follows() returns trigger language plpgsql as $$ begin insert into t values (1); end $$;`;
    expect(writingFunctionsOf(migrations)).toEqual(['takes']);
  });

  it('knows a statement again whose table is chosen when it is made', () => {
    expect(sameWrites(['delete deals'], ['delete *'])).toBe(true);
    expect(sameWrites(['insert deals'], ['delete *'])).toBe(false);
    expect(sameWrites(['insert deals', 'insert bills'], ['insert deals'])).toBe(false);
  });
});

describe('the walk over a source', () => {
  const source = `
/** Nothing here: insertInto('comment'), sql\`delete from comments\`. */
export async function keep(tx) {
  // deleteFrom('another')
  await tx
    .insertInto('kept')
    .values({ text: "updateTable('text')", quote: /['"\`]/ })
    .execute();
  await tx.insertInto('kept').execute();
}

const change = async (tx, table, id) => {
  await sql<{ id: bigint }>\`
    update \${table} set seen = true where id = \${ids(\`\${id}\`)} returning id\`.execute(tx);
  return pool.query('delete from workers where id = $1');
};
`;

  it('finds each write with its line and its name, and nothing in comments and texts', () => {
    expect(sitesIn('a/b.ts', source).map(({ id, line }) => [line, id])).toEqual([
      [6, 'a/b.ts keep: insert kept'],
      [9, 'a/b.ts keep: insert kept (2)'],
      [13, 'a/b.ts change: update *'],
      [15, 'a/b.ts change: delete workers'],
    ]);
  });
});
