import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { appendToAuditLog, listAuditLog, verifyAuditLog } from './audit-log.ts';
import type { AuditHead, AuditRecord } from './chain.ts';

const tenant = 111_111_111_111n;
const at = Temporal.Instant.from('2026-03-01T00:00:00Z');

function record(note: string): AuditRecord {
  const request = JSON.stringify({ note });
  return { at, machineTime: at, operator: 'socket', action: 'Note', requestId: note, request, code: 'OK' };
}

describe('the audit log', () => {
  let platform: TestPlatform;
  let superuser: pg.Client;
  beforeAll(async () => {
    platform = await testPlatform();
    const { host, password } = inject('cluster');
    superuser = new pg.Client({ host, password, user: 'postgres', database: platform.urls.owner.database });
    await superuser.connect();
    for (let row = 1; row <= 6; row += 1) await keep(`row ${row}`);
  });
  afterAll(async () => {
    await superuser.end();
    await platform.close();
  });

  const keep = (note: string) => platform.database.inSystem('spec', (tx) => appendToAuditLog(tx, record(note)));
  const verify = (kept?: AuditHead) => platform.database.inSystem('spec', (tx) => verifyAuditLog(tx, kept));
  const list = (limit: number, before?: bigint) =>
    platform.database.inSystem('spec', (tx) => listAuditLog(tx, { limit, before }));

  it('is whole, and is read from the newest row on', async () => {
    const { head, entries, problems } = await verify();
    expect({ entries, problems }).toEqual({ entries: 6n, problems: [] });
    const [newest] = await list(1);
    expect(newest).toMatchObject({ ...record('row 6'), ...head });
    expect((await list(2, 3n)).map((entry) => entry.requestId)).toEqual(['row 2', 'row 1']);
    expect((await verify(head)).problems).toEqual([]);
  });

  it('has no gap or fork where many write at once, and some of them fail', async () => {
    const { database } = platform;
    const all = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) => {
        const work = async (tx: Parameters<typeof appendToAuditLog>[0]) => {
          await appendToAuditLog(tx, record(`at once ${index}`));
          if (index % 3 === 0) throw new Error('undone');
        };
        return index % 2 === 0 ? database.inTenant(tenant, work) : database.inSystem('spec', work);
      }),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    expect(await verify()).toMatchObject({ entries: 26n, problems: [], head: { number: 26n } });
  });

  it.each([
    'update audit_log set code = code',
    'delete from audit_log',
    'truncate audit_log',
    'insert into audit_log select number + 100, at, machine_time, operator, action, request_id, request, code, previous_hash, hash from audit_log where number = 1',
  ])('cannot be written past its function: %s', async (statement) => {
    for (const urls of [platform.urls.app, platform.urls.system]) {
      const client = new pg.Client(urls);
      await client.connect();
      await expect(client.query(statement)).rejects.toThrow(/permission denied/);
      await client.end();
    }
    if (statement.startsWith('insert')) return;
    const owner = new pg.Client(platform.urls.owner);
    await owner.connect();
    await expect(owner.query(statement)).rejects.toThrow(/never changed or deleted/);
    await owner.end();
  });

  it('takes no row but the one after its last, and a tenant cannot read it', async () => {
    const client = new pg.Client(platform.urls.app);
    await client.connect();
    const { head } = await verify();
    const append = (number: bigint, previous: string) =>
      client.query("select append_to_audit_log($1, now(), now(), 'o', 'a', 'r', '{}', 'OK', $2, $3)", [
        String(number),
        previous,
        'f'.repeat(64),
      ]);
    await expect(append(head.number, head.hash)).rejects.toThrow(/after its last row/);
    await expect(append(head.number + 2n, head.hash)).rejects.toThrow(/after its last row/);
    await expect(append(head.number + 1n, '0'.repeat(64))).rejects.toThrow(/after its last row/);
    await expect(client.query('select * from audit_log')).rejects.toThrow(/permission denied/);
    await client.end();
  });

  describe('after somebody with all rights over the database', () => {
    /** Does it within a transaction that the verification sees, and undoes it. */
    async function afterTampering(statements: string, kept?: AuditHead) {
      const copy = 'create temp table kept_log as select * from audit_log';
      await superuser.query(`${copy}; set session_replication_role = replica; ${statements}`);
      try {
        return await verify(kept);
      } finally {
        await superuser.query(
          'delete from audit_log; insert into audit_log select * from kept_log; drop table kept_log; reset session_replication_role',
        );
      }
    }

    it.each<[string, string, [bigint, string | RegExp][]]>([
      ['changed a request', `update audit_log set request = '{}' where number = 3`, [[3n, /was changed/]]],
      ['changed a code', `update audit_log set code = 'FailedOperation' where number = 1`, [[1n, /was changed/]]],
      ['changed an operator', `update audit_log set operator = 'WFOPx' where number = 2`, [[2n, /was changed/]]],
      ['moved a call in time', `update audit_log set at = at - interval '1 s' where number = 2`, [[2n, /was changed/]]],
      [
        'moved its machine time by a microsecond',
        `update audit_log set machine_time = machine_time + interval '1 us' where number = 2`,
        [[2n, /was changed/]],
      ],
      [
        'removed a row',
        'delete from audit_log where number = 4',
        [
          [5n, /comes after row 3: rows are missing/],
          [5n, /does not follow row 3/],
        ],
      ],
      [
        'removed the first row',
        'delete from audit_log where number = 1',
        [
          [2n, /rows are missing/],
          [2n, /does not follow row 0/],
        ],
      ],
      [
        'removed a row and closed the gap',
        'delete from audit_log where number = 4; update audit_log set number = number - 1 where number = 5; update audit_log set number = number - 1 where number = 6; delete from audit_log where number > 6',
        [
          [4n, /does not follow row 3/],
          [4n, /was changed/],
          [5n, /was changed/],
        ],
      ],
      [
        'put a row in',
        `update audit_log set number = number + 1000 where number > 3; update audit_log set number = number - 999 where number > 3;
         insert into audit_log select 4, at, machine_time, 'forged', action, request_id, request, code, hash, repeat('a', 64) from audit_log where number = 3;
         delete from audit_log where number > 5`,
        [
          [4n, /was changed/],
          [5n, /does not follow row 4/],
          [5n, /was changed/],
        ],
      ],
      [
        'changed the places of two rows',
        'update audit_log set number = 0 - number where number in (3, 4); update audit_log set number = 7 + number where number < 0',
        [
          [3n, /does not follow row 2/],
          [3n, /was changed/],
          [4n, /does not follow row 3/],
          [4n, /was changed/],
          [5n, /does not follow row 4/],
        ],
      ],
    ])('%s', async (_, statements, problems) => {
      await superuser.query('alter table audit_log drop constraint if exists audit_log_number_check');
      const found = await afterTampering(statements);
      expect(found.problems).toEqual(
        problems.map(([number, problem]) => ({ number, problem: expect.stringMatching(problem) })),
      );
      expect((await verify()).problems).toEqual([]);
    });

    it('cut it off, only a head that was kept elsewhere shows it', async () => {
      const { head } = await verify();
      expect((await afterTampering('delete from audit_log where number > 4')).problems).toEqual([]);
      expect((await afterTampering('delete from audit_log where number > 4', head)).problems).toEqual([
        { number: head.number, problem: expect.stringMatching(/cut off or made anew/) },
      ]);
      expect((await afterTampering('delete from audit_log', head)).problems).toHaveLength(1);
    });
  });
});
