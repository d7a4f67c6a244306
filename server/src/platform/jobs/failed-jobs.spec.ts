import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorCode, operatorCaller } from '../../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { createApp } from '../../api/http-server.ts';
import { enqueue, job, startJobRunner, type Job, type JobRunner } from './index.ts';

const [one, two] = [111_111_111_111n, 222_222_222_222n];
/** A job that is run again waits until a worker looks for work the next time. */
const patience = { timeout: 8_000 };

const failedRows = z.array(
  z.object({
    JobId: z.string(),
    Name: z.string(),
    Uin: z.string(),
    Key: z.string(),
    Attempts: z.int(),
    MaxAttempts: z.int(),
    Error: z.string(),
    NextAttempt: z.string(),
  }),
);

describe('failed jobs', () => {
  let platform: TestPlatform;
  let runner: JobRunner | undefined;
  /** What the jobs throw; they end well when it is empty. */
  let failure = '';
  beforeEach(async () => {
    failure = 'no such thing';
    platform = await testPlatform();
  });
  afterEach(async () => {
    await runner?.stop();
    runner = undefined;
    await platform.close();
  });

  const declare = (name: string, maxAttempts: number) =>
    job({
      name,
      data: z.object({}),
      maxAttempts,
      run: () => (failure === '' ? Promise.resolve() : Promise.reject(new Error(failure))),
    });
  const [hopeless, patient] = [declare('spec.hopeless', 1), declare('spec.patient', 5)];
  const start = async (jobs: readonly Job[]) => {
    runner = await startJobRunner(platform, { jobs, concurrency: 2 });
  };
  const add = (what: Job<object>, key: string, tenant: bigint) =>
    platform.database.inTenant(tenant, (tx) => enqueue(tx, what, {}, { key }));
  const list = async (request: object = {}) => {
    const { List, TotalCount } = await operatorCaller(platform)('DescribeFailedJobs', { ...request });
    return { rows: failedRows.parse(List), total: TotalCount };
  };

  it('are shown, those that are not tried again first, with whom they are for and when they are tried next', async () => {
    await start([hopeless, patient] as readonly Job[]);
    const before = Temporal.Now.instant();
    await add(patient, 'import/17', one);
    await expect.poll(async () => (await list()).total, patience).toBe(1);
    await add(hopeless, 'charge', two);
    await expect.poll(async () => (await list()).total, patience).toBe(2);
    const { rows } = await list();
    expect(rows).toEqual([
      {
        JobId: expect.any(String),
        Name: 'spec.hopeless',
        Uin: String(two),
        Key: 'charge',
        Attempts: 1,
        MaxAttempts: 1,
        Error: 'no such thing',
        NextAttempt: '',
      },
      expect.objectContaining({ Name: 'spec.patient', Uin: String(one), Key: 'import/17', MaxAttempts: 5 }),
    ]);
    expect(Temporal.Instant.compare(rows[1]?.NextAttempt ?? '', before)).toBe(1);
    expect((await list({ Uin: String(one) })).rows.map(({ Key }) => Key)).toEqual(['import/17']);
    expect(await list({ Limit: 1, Offset: 1 })).toMatchObject({ total: 2, rows: [{ Key: 'import/17' }] });
    expect(await list({ Uin: '333333333333' })).toEqual({ total: 0, rows: [] });
    const app = createApp(platform);
    const { body } = await app.inject({ method: 'GET', url: '/metrics' });
    await app.close();
    expect(body).toContain('wharfinger_failed_jobs{job="spec.hopeless"} 1');
    expect(body).toContain('wharfinger_parked_accounts{by="guard"} 0');
    expect(body).not.toContain(String(one));
  });

  it('are run again, and gone when they end', async () => {
    await start([hopeless] as readonly Job[]);
    await add(hopeless, 'charge', one);
    await expect.poll(async () => (await list()).total, patience).toBe(1);
    const [failed] = (await list()).rows;
    const operator = operatorCaller(platform);
    const again = () => operator('RerunFailedJob', { JobId: failed?.JobId });
    expect(await again()).toEqual({ JobId: failed?.JobId });
    // It fails once more and is there again, as it was.
    await expect.poll(async () => (await list()).rows, patience).toEqual([failed]);
    failure = '';
    await again();
    await expect.poll(() => errorCode(again()), patience).toBe('ResourceNotFound.Job');
    expect(await list()).toEqual({ total: 0, rows: [] });
  });

  it('are not what waits for its first attempt, nor what runs', async () => {
    await add(patient, 'waiting', one);
    const { rows } = await platform.database.systemPool.query<{ id: string }>(
      'select id from graphile_worker._private_jobs',
    );
    const operator = operatorCaller(platform);
    const again = () => errorCode(operator('RerunFailedJob', { JobId: rows[0]?.id }));
    expect(await again()).toBe('FailedOperation.JobNotFailed');
    const hanging = job({
      name: 'spec.patient',
      data: z.object({}),
      maxAttempts: 5,
      run: async ({ signal }) => void (await once(signal, 'abort')),
    });
    await start([hanging] as readonly Job[]);
    await expect
      .poll(async () => {
        const running = await platform.database.systemPool.query(
          'select from graphile_worker._private_jobs where locked_at is not null',
        );
        return running.rowCount;
      })
      .toBe(1);
    expect(await again()).toBe('FailedOperation.JobNotFailed');
    expect((await list()).total).toBe(0);
  });

  it.each([
    ['one\ntwo\nthree', 'one'],
    ['\n\n  one', 'one'],
    ['a\u0007b\u001b[31m', 'a b [31m'],
    ['connect postgres://app:hunter2@db/x failed', 'connect postgres://app:[redacted]@db/x failed'],
    ['refused: password=hunter2, user=a', 'refused: password=[redacted], user=a'],
    ['sent {"SecretKey": "hunter2", "Name":"a"}', 'sent {"SecretKey": [redacted], "Name":"a"}'],
    ['Authorization: Bearer hunter2', 'Authorization: [redacted]'],
    ['the token is missing', 'the token is missing'],
    [`long ${'x'.repeat(100_000)}`, `long ${'x'.repeat(295)}`],
  ])('show of the error %j one line without secrets', async (message, line) => {
    failure = message;
    await start([hopeless] as readonly Job[]);
    await add(hopeless, 'charge', one);
    await expect.poll(async () => (await list()).rows.map(({ Error: shown }) => shown), patience).toEqual([line]);
  });

  it.each([
    ['DescribeFailedJobs', { Uin: "1' or true" }, 'InvalidParameterValue'],
    ['DescribeFailedJobs', { Limit: 0 }, 'InvalidParameterValue.DataRange'],
    ['RerunFailedJob', {}, 'MissingParameter'],
    ['RerunFailedJob', { JobId: '0' }, 'InvalidParameterValue'],
    ['RerunFailedJob', { JobId: '9'.repeat(19) }, 'InvalidParameterValue'],
    ['RerunFailedJob', { JobId: '999999999999999999' }, 'ResourceNotFound.Job'],
  ])('%s with %j: %s', async (action, request, code) => {
    expect(await errorCode(operatorCaller(platform)(action, request))).toBe(code);
  });
});
