import type { RiskClass } from '@wharfinger/scanner';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { putRegistry } from '../../../tests/support/catalogue.ts';
import { someMalware, someSecret } from '../../../tests/support/findings.ts';
import { trialTenant } from '../../../tests/support/trial-tenant.ts';
import { readImageScanQuota } from '../metering/index.ts';
import { formatTenths } from '../metering/scan-cost.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { createScanTask } from './create-task.ts';
import { scanNewImages } from './jobs/scan-new-images.ts';
import type { ScanResult } from './result-store.ts';
import { beginScan, endScan, failRun, stopAllTasks, stopTask } from './scan-life.ts';
import { placesOfTask } from './task-places.ts';
import { readTask } from './task-store.ts';

const start = Temporal.Instant.from('2026-03-01T00:00:00Z');
const allClasses: RiskClass[] = ['vulnerabilities', 'malware', 'secrets'];

const emptyResult: ScanResult = {
  riskClasses: allClasses,
  reasons: [],
  layers: ['sha256:layer'],
  history: [],
  matched: { inventory: { packages: [] }, vulnerabilities: [], generation: 1n },
  secrets: [],
  malware: [],
};

describe('the life of a scan', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: start.toString() });
  });
  afterAll(() => platform.close());

  /** One tenant's view: every step in a transaction of its own. */
  async function newTenant() {
    const tenant = await trialTenant(platform);
    const catalogue = await putRegistry(platform, tenant);
    const run = <T>(work: (tx: AppTransaction) => Promise<T>) => platform.database.inTenant(tenant, work);
    return {
      tenant,
      catalogue,
      run,
      /** Each image has a tag of its own for each time that it is named. */
      async create(images: string[], kind: 'plain' | 'one-click' = 'plain') {
        const tags = Object.fromEntries(images.map((imageId, index) => [`${imageId}-${index}`, imageId]));
        const ids = images.length > 0 ? await catalogue.put(`app/${images.join('-')}`, tags) : {};
        const places = Object.entries(tags).map(([tag, imageId]) => ({ id: ids[tag] ?? 0n, imageId }));
        return run((tx) =>
          createScanTask(tx, tenant, start, { kind, riskClasses: allClasses, timeoutSeconds: undefined, places }),
        );
      },
      begin: (task: bigint, imageId: string, now = start) =>
        run(async (tx) => (await beginScan(tx, tenant, now, { task, imageId }))?.run),
      end: (task: bigint, imageId: string, number: number, result: Partial<ScanResult> = {}, now = start) =>
        run((tx) => endScan(tx, tenant, now, { task, imageId }, number, { result: { ...emptyResult, ...result } })),
      fail: (task: bigint, imageId: string, number: number) =>
        run((tx) =>
          endScan(tx, tenant, start, { task, imageId }, number, {
            failure: { code: 'registry-denied', message: 'the registry said no' },
          }),
        ),
      stop: (task: bigint, images?: string[]) => run((tx) => stopTask(tx, tenant, start, task, images)),
      failRun: (task: bigint, imageId: string, number: number) =>
        run((tx) => failRun(tx, tenant, start, { task, imageId }, number)),
      states: (task: bigint) =>
        run(async (tx) => (await placesOfTask(tx, tenant, task, undefined)).map(({ state }) => state)),
      ended: (task: bigint) => run(async (tx) => (await readTask(tx, tenant, task))?.endedAt !== undefined),
      quota: () =>
        run(async (tx) => {
          const quota = await readImageScanQuota(tx, tenant, start);
          return quota && [quota.reserved, quota.used].map(formatTenths);
        }),
      toldOfQuota: () =>
        run(async (tx) => {
          const { rows } = await sql<{ happened_at: Temporal.Instant; payload: unknown }>`
            select happened_at, payload from events where type = 'scanning.quota-short' order by id`.execute(tx);
          return rows;
        }),
      leave: (tenths: number) =>
        run(async (tx) => {
          await readImageScanQuota(tx, tenant, start);
          await sql`update quota_periods set capacity_tenths = ${tenths}`.execute(tx);
        }),
      async scan(task: bigint, imageId: string, result: Partial<ScanResult> = {}, now = start) {
        const number = await this.begin(task, imageId, now);
        return number !== undefined && this.end(task, imageId, number, result, now);
      },
    };
  }

  it('costs 1, then 0.1 for each repeat; the task ends with its last image', async () => {
    const one = await newTenant();
    const first = await one.create(['a', 'b']);
    await one.scan(first, 'a');
    expect(await one.ended(first)).toBe(false);
    expect(await one.quota()).toEqual(['0', '1']);
    await one.scan(first, 'b');
    expect(await one.ended(first)).toBe(true);
    const second = await one.create(['a', 'b']);
    await one.scan(second, 'a');
    await one.scan(second, 'b');
    expect(await one.states(second)).toEqual(['scanned', 'scanned']);
    expect(await one.quota()).toEqual(['0', '2.2']);
  });

  it('counts the same image ID in two places of a task once', async () => {
    const one = await newTenant();
    const task = await one.create(['a', 'a', 'a']);
    await one.scan(task, 'a');
    expect(await one.states(task)).toEqual(['scanned', 'scanned', 'scanned']);
    expect(await one.quota()).toEqual(['0', '1']);
  });

  it('ends once, however often a process is killed in the middle of it', async () => {
    const one = await newTenant();
    const task = await one.create(['a']);
    for (let run = 1; run <= 20; run++) expect(await one.begin(task, 'a')).toBe(run);
    expect(await one.quota()).toEqual(['1', '0']);
    expect(await one.end(task, 'a', 19)).toBe(false);
    expect(await one.end(task, 'a', 20)).toBe(true);
    expect(await one.end(task, 'a', 20)).toBe(false);
    expect(await one.begin(task, 'a')).toBeUndefined();
    expect(await one.quota()).toEqual(['0', '1']);
  });

  it('keeps nothing of an end that fails half way, and can end again', async () => {
    const one = await newTenant();
    const task = await one.create(['a']);
    const number = (await one.begin(task, 'a')) ?? 0;
    const bad = { matched: { ...emptyResult.matched, generation: 2n ** 70n } };
    await expect(one.end(task, 'a', number, bad)).rejects.toThrow(/bigint/);
    const halfWay = one.run(async (tx) => {
      await endScan(tx, one.tenant, start, { task, imageId: 'a' }, number, { result: emptyResult });
      throw new Error('killed');
    });
    await expect(halfWay).rejects.toThrow('killed');
    expect(await one.states(task)).toEqual(['scanning']);
    expect(await one.quota()).toEqual(['1', '0']);
    await one.end(task, 'a', number);
    expect(await one.quota()).toEqual(['0', '1']);
  });

  it('gives the quota back without a result; a failed repeat keeps the old result', async () => {
    const one = await newTenant();
    const first = await one.create(['a']);
    await one.fail(first, 'a', (await one.begin(first, 'a')) ?? 0);
    expect(await one.states(first)).toEqual(['failed']);
    expect(await one.quota()).toEqual(['0', '0']);
    await one.scan(await one.create(['a']), 'a', { matched: { ...emptyResult.matched, inventory: { packages: [] } } });
    const third = await one.create(['a']);
    await one.fail(third, 'a', (await one.begin(third, 'a')) ?? 0);
    expect(await one.quota()).toEqual(['0', '1']);
    const { rows } = await one.run((tx) =>
      sql<{ state: string; reason: string; has_result: boolean }>`
        select s.state, s.reason, r.image_id is not null as has_result
        from image_scans s left join image_results r using (tenant_id, image_id)`.execute(tx),
    );
    expect(rows).toEqual([{ state: 'failed', reason: 'the registry said no', has_result: true }]);
    await one.scan(await one.create(['a']), 'a');
    expect(await one.quota()).toEqual(['0', '1.1']);
  });

  it('stops at once, gives back what it held, and does so again without harm', async () => {
    const one = await newTenant();
    const task = await one.create(['a', 'b', 'c'], 'one-click');
    const number = (await one.begin(task, 'a')) ?? 0;
    await one.scan(task, 'b');
    await one.stop(task);
    await one.stop(task);
    expect(await one.states(task)).toEqual(['stopped', 'scanned', 'stopped']);
    expect(await one.ended(task)).toBe(true);
    expect(await one.quota()).toEqual(['0', '1']);
    expect(await one.end(task, 'a', number)).toBe(false);
    expect(await one.begin(task, 'c')).toBeUndefined();
    expect(await one.quota()).toEqual(['0', '1']);
    await one.create(['a'], 'one-click');
  });

  it('stops some images of a task and leaves the others', async () => {
    const one = await newTenant();
    const task = await one.create(['a', 'b']);
    await one.stop(task, ['b']);
    expect(await one.states(task)).toEqual(['waiting', 'stopped']);
    expect(await one.ended(task)).toBe(false);
  });

  it('runs one one-click task at a time, whoever asks at once', async () => {
    const one = await newTenant();
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => one.create(['a'], 'one-click')));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : ''));
    expect(codes.filter((code) => code === 'FailedOperation.ErrAlreadyScanning')).toHaveLength(7);
  });

  it('lets 50 requests at once with one unit left give exactly one scan', async () => {
    const one = await newTenant();
    await one.leave(10);
    const answers = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => one.create([`image-${index}`])));
    const tasks = answers.flatMap((answer, index) =>
      answer.status === 'fulfilled' ? [{ id: answer.value, index }] : [],
    );
    const codes = new Set(answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.code] : [])));
    expect(tasks).toHaveLength(1);
    expect([...codes]).toEqual(['FailedOperation.AuthorizedNotEnough']);
    for (const { id, index } of tasks) await one.scan(id, `image-${index}`);
    expect(await one.quota()).toEqual(['0', '1']);
  });

  it('scans what the quota pays for, and says so of the rest', async () => {
    const one = await newTenant();
    await one.leave(25);
    const task = await one.create(['a', 'b', 'c', 'd']);
    await Promise.all(['a', 'b', 'c', 'd'].map((image) => one.scan(task, image)));
    const states = await one.states(task);
    expect(states.filter((state) => state === 'scanned')).toHaveLength(2);
    expect(states.filter((state) => state === 'failed')).toHaveLength(2);
    expect(await one.ended(task)).toBe(true);
    expect(await one.quota()).toEqual(['0', '2']);
    const { rows } = await one.run((tx) =>
      sql<{ code: string }>`select distinct reason_code as code from scan_task_images where state = 'failed'`.execute(
        tx,
      ),
    );
    expect(rows).toEqual([{ code: 'quota' }]);
    // Told once, though several were refused at the same moment.
    expect(await one.toldOfQuota()).toEqual([{ happened_at: start, payload: { of: 'task', task: String(task) } }]);
  });

  it('tells of new images for which the quota does not pay', async () => {
    const one = await newTenant();
    await one.catalogue.put('app/new', { latest: 'new' });
    const sync = {
      registryId: String(one.catalogue.registryId),
      syncMode: 'full' as const,
      startedAt: start.toString(),
    };
    const context = { platform, tenant: one.tenant, signal: new AbortController().signal };
    await one.leave(9);
    await scanNewImages.run(context, sync);
    expect(await one.toldOfQuota()).toEqual([
      { happened_at: start, payload: { of: 'sync', registryId: sync.registryId } },
    ]);
    await one.leave(10);
    await scanNewImages.run(context, sync);
    expect(await one.toldOfQuota()).toHaveLength(1);
  });

  it('charges two first scans of one image at once as a first one and a repeat', async () => {
    const one = await newTenant();
    const tasks = [await one.create(['a']), await one.create(['a'])];
    const runs = await Promise.all(tasks.map((task) => one.begin(task, 'a')));
    expect(await one.quota()).toEqual(['2', '0']);
    await Promise.all(tasks.map((task, index) => one.end(task, 'a', runs[index] ?? 0)));
    expect(await one.quota()).toEqual(['0', '1.1']);
  });

  it('gives an image up after three errors of ours, and charges nothing', async () => {
    const one = await newTenant();
    const task = await one.create(['a']);
    for (const last of [false, false, true]) {
      const number = (await one.begin(task, 'a')) ?? 0;
      expect(await one.failRun(task, 'a', number)).toBe(last);
    }
    expect(await one.states(task)).toEqual(['failed']);
    expect(await one.quota()).toEqual(['0', '0']);
  });

  it('fails an image that left the catalogue while it waited', async () => {
    const one = await newTenant();
    const task = await one.run((tx) =>
      createScanTask(tx, one.tenant, start, {
        kind: 'plain',
        riskClasses: allClasses,
        timeoutSeconds: undefined,
        places: [{ id: 4_000_000_000n, imageId: 'gone' }],
      }),
    );
    expect(await one.begin(task, 'gone')).toBeUndefined();
    expect(await one.states(task)).toEqual(['failed']);
    expect(await one.quota()).toEqual(['0', '0']);
  });

  it.each([
    [start.add({ hours: 7 * 24 }).subtract({ seconds: 1 }), ['scanned', 'scanned']],
    [start.add({ hours: 7 * 24 }), ['stopped', 'stopped']],
  ])('at %s images that run and that wait come to be %j', async (now, states) => {
    const one = await newTenant();
    const task = await one.create(['a', 'b']);
    const number = (await one.begin(task, 'a')) ?? 0;
    await one.end(task, 'a', number, {}, now);
    await one.scan(task, 'b', {}, now);
    expect(await one.states(task)).toEqual(states);
    expect(await one.quota()).toEqual(['0', states[0] === 'scanned' ? '2' : '0']);
  });

  it('stops everything when nothing gives image scans any more', async () => {
    const one = await newTenant();
    const tasks = [await one.create(['a', 'b']), await one.create(['c'], 'one-click')];
    for (const task of tasks) await one.begin(task, 'a');
    await one.run((tx) => stopAllTasks(tx, one.tenant, start));
    expect((await Promise.all(tasks.map(one.states))).flat()).toEqual(['stopped', 'stopped', 'stopped']);
    expect(await one.quota()).toEqual(['0', '0']);
  });

  it('needs something to scan', async () => {
    const one = await newTenant();
    await expect(one.create([])).rejects.toMatchObject({ code: 'ResourceNotFound' });
  });

  it('keeps when a finding was first seen, drops what is no longer found, and takes hostile names', async () => {
    const one = await newTenant();
    const secret = { ...someSecret, path: `a\0${'long/'.repeat(2_000)}` };
    const later = start.add({ hours: 1 });
    await one.scan(await one.create(['a']), 'a', { secrets: [secret, { ...secret, line: 2 }], malware: [someMalware] });
    await one.scan(await one.create(['a']), 'a', { secrets: [secret], riskClasses: ['secrets'], malware: [] }, later);
    const { rows } = await one.run((tx) =>
      sql<{ first_seen: Temporal.Instant; last_seen: Temporal.Instant; secrets: number; malware: number }>`
        select s.first_seen, s.last_seen, r.secrets, r.malware from image_secrets s join image_results r using (tenant_id, image_id)`.execute(
        tx,
      ),
    );
    expect(rows).toEqual([{ first_seen: start, last_seen: later, secrets: 1, malware: 1 }]);
  });
});
