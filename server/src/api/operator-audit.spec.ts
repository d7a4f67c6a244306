import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { actionCaller, errorCode, operatorCaller } from '../../../tests/support/call-action.ts';
import { createAccount } from '../accounts/index.ts';
import { createOperatorKey } from '../accounts/access-keys.ts';
import { operatorAction } from '../platform/action.ts';
import { listAuditLog, secretField, type AuditEntry } from '../platform/audit/index.ts';
import { ActionError } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import { createApp } from './http-server.ts';
import { invokeAction } from './invoke-action.ts';
import { signHeaders } from './tc3-signature.ts';

type Counters = { counters: { tenant_id: bigint; name: string; value: bigint } };

/** Changes something, and fails where and how it is asked to. */
const change = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'ChangeSomething',
  summary: 'for this spec',
  request: z.strictObject({
    Name: z.string(),
    Secret: secretField(z.string()).optional(),
    Fail: z.enum(['refused', 'broken', 'after']).optional(),
  }),
  response: z.object({}),
  async handle({ inTenant, inSystem, request: { Name: name, Fail } }) {
    await inTenant(1n, async (tx) => {
      await tx.withTables<Counters>().insertInto('counters').values({ tenant_id: 1n, name, value: 1n }).execute();
      if (Fail === 'refused') throw new ActionError('FailedOperation.NotNow', 'not now');
      if (Fail === 'broken') throw new Error('a fault of ours');
    });
    await inSystem((tx) => sql`select 1`.execute(tx));
    if (Fail === 'after') throw new ActionError('FailedOperation.Later', 'something else failed');
    return {};
  },
});

describe('a call of the operator', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: '2026-03-01T00:00:00Z' });
  });
  afterAll(() => platform.close());

  const call = (request: Record<string, unknown>, requestId: string) =>
    invokeAction(platform, change, { kind: 'operator', key: 'socket' }, request, requestId);
  const rows = async (requestId: string): Promise<AuditEntry[]> => {
    const all = await platform.database.inSystem('spec', (tx) => listAuditLog(tx, { limit: 1000 }));
    return all.filter((entry) => entry.requestId === requestId).toReversed();
  };
  const changed = async (name: string) => {
    const { rows: found } = await platform.database.inSystem('spec', (tx) =>
      sql`select from counters where name = ${name}`.execute(tx),
    );
    return found.length === 1;
  };

  it('is kept once, with what it did', async () => {
    await call({ Name: 'done', Secret: 'hunter2' }, 'request 1');
    expect(await rows('request 1')).toMatchObject([
      {
        at: Temporal.Instant.from('2026-03-01T00:00:00Z'),
        operator: 'socket',
        action: 'ChangeSomething',
        request: '{"Name":"done","Secret":"[secret]"}',
        code: 'OK',
      },
    ]);
    expect(await changed('done')).toBe(true);
  });

  it.each([
    ['refused', { Name: 'refused', Fail: 'refused' }, ['FailedOperation.NotNow'], false],
    ['failed', { Name: 'broken', Fail: 'broken' }, ['InternalError'], false],
    ['with a bad parameter', { Name: 1 }, ['InvalidParameter'], false],
    ['with an unknown parameter', { Name: 'x', Password: 'hunter2' }, ['UnknownParameter'], false],
    [
      'that failed after it had changed something',
      { Name: 'after', Fail: 'after' },
      ['OK', 'FailedOperation.Later'],
      true,
    ],
  ])('%s is kept as well', async (what, request, codes, isChanged) => {
    await expect(call(request, what)).rejects.toThrow();
    const kept = await rows(what);
    expect(kept.map(({ code }) => code)).toEqual(codes);
    expect(kept.map((entry) => entry.request).join()).not.toContain('hunter2');
    expect(await changed(String(request.Name))).toBe(isChanged);
  });

  it('that cannot be kept is not done', async () => {
    // The call waits for the log, and no longer than its statements may take.
    const hasty: Platform = {
      ...platform,
      database: {
        ...platform.database,
        inTenant: (tenant, work) =>
          platform.database.inTenant(tenant, async (tx) => {
            await sql`set local statement_timeout = 100`.execute(tx);
            return work(tx);
          }),
      },
    };
    const operator = { kind: 'operator', key: 'socket' } as const;
    const outcome = await platform.database.inSystem('spec', async (holder) => {
      await sql`select hold_audit_log()`.execute(holder);
      const settled = Promise.allSettled([invokeAction(hasty, change, operator, { Name: 'unkept' }, 'unkept')]);
      await sleep(400);
      return { settled };
    });
    expect(await outcome.settled).toMatchObject([{ status: 'rejected' }]);
    // That it failed is kept when the log is free again.
    expect((await rows('unkept')).map(({ code }) => code)).toEqual(['InternalError']);
    expect(await changed('unkept')).toBe(false);
  });

  it('that works in transactions of its own stands there before it begins', async () => {
    const operator = operatorCaller(platform);
    await operator('AdvanceTestClock', { Duration: 'PT1H' });
    const { List } = await operator('DescribeAuditLog', { Action: 'AdvanceTestClock' });
    const entries = z.array(z.object({ Code: z.string(), Time: z.string(), Request: z.string() })).parse(List);
    expect(entries).toEqual([
      { Code: 'OK', Time: '2026-03-01T00:00:00Z', Request: '{"Duration":"PT1H"}' },
      { Code: 'Begun', Time: '2026-03-01T00:00:00Z', Request: '{"Duration":"PT1H"}' },
    ]);
    expect(await errorCode(operator('AdvanceTestClock', { To: '2026-03-01T00:00:00Z' }))).toBe(
      'FailedOperation.ClockBackwards',
    );
    const { List: after } = await operator('DescribeAuditLog', { Action: 'AdvanceTestClock', Limit: 2 });
    expect(after).toMatchObject([{ Code: 'FailedOperation.ClockBackwards' }, { Code: 'Begun' }]);
  });

  it('that only reads is kept, and the log tells who has read it', async () => {
    const operator = operatorCaller(platform);
    await operator('DescribeAuditLog', { Limit: 1 });
    const { List } = await operator('DescribeAuditLog', { Limit: 1 });
    expect(List).toMatchObject([{ Action: 'DescribeAuditLog', Code: 'OK', Request: '{"Limit":1}' }]);
    const intact = await operator('VerifyAuditLog');
    expect(intact).toMatchObject({ Intact: true, Problems: [] });
    const head = { Number: intact['HeadNumber'], Hash: intact['HeadHash'] };
    expect(await operator('VerifyAuditLog', head)).toMatchObject({ Intact: true });
    expect(await operator('VerifyAuditLog', { ...head, Hash: 'a'.repeat(64) })).toMatchObject({
      Intact: false,
      Problems: [{ Number: head.Number }],
    });
  });

  it.each([
    ['DescribeAuditLog', { Before: '0' }, 'InvalidParameterValue'],
    ['DescribeAuditLog', { Before: 3 }, 'InvalidParameter'],
    ['DescribeAuditLog', { Before: '1234567890123456789' }, 'InvalidParameterValue'],
    ['DescribeAuditLog', { Limit: 1001 }, 'InvalidParameterValue.DataRange'],
    ['VerifyAuditLog', { Number: '1' }, 'InvalidParameter'],
    ['VerifyAuditLog', { Hash: 'a'.repeat(64) }, 'InvalidParameter'],
    ['VerifyAuditLog', { Number: '1', Hash: "'; drop table audit_log; --" }, 'InvalidParameterValue'],
  ])('%s with %j: %s', async (action, request, code) => {
    expect(await errorCode(operatorCaller(platform)(action, request))).toBe(code);
  });

  it('is told by the key that signed it; of an account nothing is kept, and it reads nothing', async () => {
    const { database, secrets } = platform;
    const now = Temporal.Instant.from('2026-03-01T00:00:00Z');
    const key = await database.inSystem('spec', (tx) => createOperatorKey(tx, secrets, now));
    const app = createApp(platform);
    const signed = { host: 'h', action: 'DescribeAccounts', version: '2026-11-01', body: '{}', ...key };
    const headers = signHeaders({ ...signed, now: Temporal.Now.instant() });
    const reply = await app.inject({ method: 'POST', url: '/', headers, payload: '{}' });
    await app.close();
    const { Response } = z.object({ Response: z.object({ RequestId: z.string() }) }).parse(reply.json());
    expect(await rows(Response.RequestId)).toMatchObject([{ operator: key.secretId, action: 'DescribeAccounts' }]);
    const { uin } = await database.inSystem('spec', (tx) =>
      createAccount(tx, { email: 'a@example.com', verified: true }, now),
    );
    const tenant = actionCaller(platform, uin);
    const { head: before } = await headOf();
    expect(await errorCode(tenant('DescribeAuditLog'))).toBe('AuthFailure.UnauthorizedOperation');
    expect(await errorCode(tenant('VerifyAuditLog'))).toBe('AuthFailure.UnauthorizedOperation');
    expect((await headOf()).head).toEqual(before);
  });

  const headOf = async () => {
    const [head] = await platform.database.inSystem('spec', (tx) => listAuditLog(tx, { limit: 1 }));
    return { head };
  };
});
