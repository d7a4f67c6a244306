import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from '../../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../../tests/support/commercial-tenant.ts';
import { notScanning, usedRows, useEverything } from '../../../../../tests/support/used-tenant.ts';
import type { AppTransaction } from '../../../platform/database/index.ts';
import { deletionHooks } from '../../../service/deletion-hooks.ts';
import type { DeletionHook } from './deletion-hook.ts';
import { deleteEndedOf, deleteKeptOf, type DeletionWork } from './delete-ended.ts';
import { insertDeletion } from './deletion-store.ts';
import { deleteKept } from './start-deletion.ts';
import { beingDeleted, waitForWriters } from './while-deleting.ts';

type Line = { Domain: string; Kind: string; Deleted: number };

interface Report {
  Ended: string;
  Status: string;
  EndTime: string;
  FinishTime: string;
  Deleted: number;
  Lines: Line[];
  KeptUntil: string;
  KeptDeleteTime: string;
  KeptLines: Line[];
}

async function reportsOf({ call }: Customer): Promise<Report[]> {
  return (await call('DescribeDeletionReports'))['List'] as Report[];
}

/** `{ domain: { kind: deleted } }` of what was deleted at all. */
function counts(lines: readonly Line[]): Record<string, Record<string, number>> {
  const domains = Map.groupBy(
    lines.filter(({ Deleted }) => Deleted > 0),
    ({ Domain }) => Domain,
  );
  return Object.fromEntries(
    [...domains].map(([domain, own]) => [domain, Object.fromEntries(own.map(({ Kind, Deleted }) => [Kind, Deleted]))]),
  );
}

const at = (text: string) => Temporal.Instant.from(text);

describe('when something comes to its end', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T00:00:00Z', notScanning);
  });
  afterAll(() => market.close());

  const eventsOf = async (customer: Customer) => (await customer.events()).filter(([type]) => type === 'data-deleted');

  it("a trial's data go 24 hours after it, counted; buying before keeps them", async () => {
    const [leaves, stays] = [await market.customer(0), await market.customer(1_000)];
    for (const customer of [leaves, stays]) {
      await customer.call('OpenTcssTrial');
      await useEverything(market, customer.tenant, 3);
    }
    await market.advance(at('2026-03-08T12:00:00Z'));
    expect(await errorCode(leaves.call('DescribeAssetImageRegistryList'))).toBe('FailedOperation.TrialEnded');
    await stays.buy('professional', { cores: 1 });
    await market.advance(at('2026-03-08T23:59:59Z'));
    expect(await reportsOf(leaves)).toEqual([]);
    await market.advance(at('2026-03-09T00:00:00Z'));
    const { scanning, assets, metering, environment } = usedRows(3);
    const [report] = await reportsOf(leaves);
    expect(report).toMatchObject({
      Ended: 'trial',
      Status: 'DONE',
      EndTime: '2026-03-09 08:00:00',
      FinishTime: '2026-03-09 08:00:00',
      KeptUntil: '',
    });
    expect(counts(report?.Lines ?? [])).toEqual({ scanning, assets, metering, subscriptions: environment });
    expect(await eventsOf(leaves)).toEqual([['data-deleted', '2026-03-09T00:00:00Z']]);
    expect(await reportsOf(stays)).toEqual([]);
    expect(await stays.call('DescribeAssetImageRegistryList')).toMatchObject({ TotalCount: 3 });
  });

  it('an edition takes all with it six days after its end, image scan its own part first; what is bought anew begins clean', async () => {
    const customer = await market.customer(10_000);
    const start = at('2026-03-10T00:00:00Z');
    await market.advance(start);
    await customer.buy('professional', { cores: 1 });
    await customer.buy('image-scan', { scansPerMonth: 300 });
    await customer.buy('log-analysis', { capacityGB: 10 }, { Period: 12 });
    await useEverything(market, customer.tenant, 2);
    const destroyed = at('2026-06-16T00:00:00Z');
    await market.advance(destroyed.subtract({ seconds: 1 }));
    expect(await reportsOf(customer)).toEqual([]);
    await market.advance(destroyed);
    const { scanning, assets, metering, environment } = usedRows(2);
    const [professional, scan] = [await reportsOf(customer)]
      .flat()
      .toSorted((one) => (one.Ended === 'professional' ? -1 : 1));
    const { 'counted-cores': cores, ...quota } = metering;
    expect(scan).toMatchObject({ Ended: 'image-scan', Status: 'DONE', EndTime: '2026-06-16 08:00:00' });
    expect(counts(scan?.Lines ?? [])).toEqual({ scanning, metering: quota });
    expect(counts(professional?.Lines ?? [])).toEqual({
      assets,
      metering: { 'counted-cores': cores },
      subscriptions: environment,
    });
    // Money and history stay, and the logs live on.
    expect(await customer.call('DescribeDealsByCond', dealsOf2026)).toMatchObject({ TotalCount: 3 });
    expect(await customer.call('DescribeSecLogVasInfo')).toMatchObject({ BuyStatus: 'Normal' });
    expect(await errorCode(customer.call('DescribeAssetImageRegistryList'))).toBe('FailedOperation.EditionEnded');
    await customer.buy('professional', { cores: 1 });
    expect(await customer.call('DescribeAssetImageRegistryList')).toMatchObject({ TotalCount: 0 });
    expect(await customer.call('DescribeAssetImageRegistrySummary')).toMatchObject({ UnScannedImageCnt: 0 });
    await customer.buy('image-scan', { scansPerMonth: 300 });
    await useEverything(market, customer.tenant, 1, 'second');
    expect(await customer.call('DescribeImageScanUsage')).toMatchObject({ Used: '1', TotalCount: 1 });
    expect(await reportsOf(customer)).toHaveLength(2);
  });

  it('image scan alone takes its results with it, and leaves the images where they are', async () => {
    const customer = await market.customer(10_000);
    await customer.buy('professional', { cores: 1 }, { Period: 12 });
    await customer.buy('image-scan', { scansPerMonth: 300 }, { Period: 1 });
    const risky = async () => {
      const { NamespaceDetail } = await customer.call('DescribeImageRegistryNamespaceList');
      return (NamespaceDetail as { RiskImageCnt: number }[])[0]?.RiskImageCnt;
    };
    await useEverything(market, customer.tenant, 2);
    expect(await risky()).toBe(2);
    const now = await market.database.inTenant(customer.tenant, (tx) => market.clock.now(tx));
    await market.advance(now.add({ hours: 24 * 40 }));
    const [report] = await reportsOf(customer);
    expect(report).toMatchObject({ Ended: 'image-scan', Status: 'DONE' });
    const { 'counted-cores': _, ...quota } = usedRows(2).metering;
    expect(counts(report?.Lines ?? [])).toEqual({ scanning: usedRows(2).scanning, metering: quota });
    expect(await customer.call('DescribeAssetImageRegistryList')).toMatchObject({ TotalCount: 2 });
    expect(await risky()).toBe(0);
  });

  it('an edition that is refunded while the trial runs leaves its data to the trial', async () => {
    const customer = await market.customer(1_000);
    await customer.call('OpenTcssTrial');
    await useEverything(market, customer.tenant, 1);
    const instance = await customer.buy('professional', { cores: 1 });
    await customer.call('CreateRefundRequest', { InstanceId: instance, Reason: 'no longer needed' });
    expect(await reportsOf(customer)).toEqual([]);
    expect(await customer.call('DescribeAssetImageRegistryList')).toMatchObject({ TotalCount: 1 });
    const now = await market.database.inTenant(customer.tenant, (tx) => market.clock.now(tx));
    await market.advance(now.add({ hours: 8 * 24 }));
    expect((await reportsOf(customer)).map(({ Ended, Status }) => [Ended, Status])).toEqual([['trial', 'DONE']]);
  });
});

const dealsOf2026 = { StartTime: '2026-01-01 00:00:00', EndTime: '2026-12-31 00:00:00', Limit: 10 };

describe('a deletion', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T00:00:00Z', () => false);
  });
  afterAll(() => market.close());

  const start = at('2026-03-01T00:00:00Z');
  const inTenant = <T>({ tenant }: Customer, work: (tx: AppTransaction) => Promise<T>) =>
    market.database.inTenant(tenant, work);
  const work = ({ tenant }: Customer, more: Partial<DeletionWork> = {}): DeletionWork => ({
    platform: market,
    tenant,
    hooks: deletionHooks,
    signal: new AbortController().signal,
    ...more,
  });
  const trialThatEnded = async (images: number) => {
    const customer = await market.customer(0);
    await customer.call('OpenTcssTrial');
    await useEverything(market, customer.tenant, images);
    await inTenant(customer, (tx) =>
      insertDeletion(tx, customer.tenant, { ended: 'trial', instanceId: '', endedAt: start }),
    );
    return customer;
  };

  it('that is killed after any of its pieces goes on, and counts each row once', async () => {
    const whole = await trialThatEnded(4);
    await deleteEndedOf(work(whole), deleteKept);
    const [expected] = await reportsOf(whole);
    expect(expected?.Deleted).toBeGreaterThan(40);
    const killed = await trialThatEnded(4);
    for (let pieces = 1, runs = 0; ; pieces += 1, runs += 1) {
      const kill = new AbortController();
      let done = 0;
      const counting = deletionHooks.map((hook) => ({
        ...hook,
        async deletePiece(piece: Parameters<DeletionHook['deletePiece']>[0]) {
          if (done++ === pieces % 5) kill.abort(new Error('killed'));
          // What a killed process had not committed is not there.
          if (kill.signal.aborted && pieces % 2 === 0) throw new Error('killed');
          return hook.deletePiece(piece);
        },
      }));
      const ended = await deleteEndedOf(
        work(killed, { hooks: counting, signal: kill.signal, limit: 3 }),
        deleteKept,
      ).then(
        () => true,
        () => false,
      );
      if (ended) break;
      expect(runs).toBeLessThan(500);
    }
    const [report] = await reportsOf(killed);
    expect(report?.Lines).toEqual(expected?.Lines);
    expect((await killed.events()).filter(([type]) => type === 'data-deleted')).toHaveLength(1);
  });

  it('by two processes at once is one', async () => {
    const customer = await trialThatEnded(4);
    await Promise.all([1, 2, 3].map(() => deleteEndedOf(work(customer, { limit: 2 }), deleteKept)));
    const { scanning } = usedRows(4);
    expect(counts((await reportsOf(customer))[0]?.Lines ?? [])).toMatchObject({ scanning });
    expect((await customer.events()).filter(([type]) => type === 'data-deleted')).toHaveLength(1);
  });

  it('lets nothing new come while it runs, and waits for what was allowed before', async () => {
    const customer = await trialThatEnded(1);
    expect(await errorCode(customer.call('DescribeAssetImageRegistryList'))).toBe('FailedOperation.DeletionRunning');
    expect(await errorCode(customer.call('CreateExportJob'))).toBe('FailedOperation.DeletionRunning');
    expect(await customer.call('DescribeImageScanUsage')).toMatchObject({ Capacity: '0' });
    await expect(useEverything(market, customer.tenant, 1, 'late')).rejects.toThrow(/data of what has ended/);
    await deleteEndedOf(work(customer), deleteKept);
    expect(await customer.call('DescribeAssetImageRegistryList')).toMatchObject({ TotalCount: 0 });

    const writer = await market.customer(0);
    let deleting = Promise.resolve();
    const order: string[] = [];
    await inTenant(writer, async (tx) => {
      expect([...(await beingDeleted(tx, writer.tenant))]).toEqual([]);
      await inTenant(writer, (other) =>
        insertDeletion(other, writer.tenant, { ended: 'trial', instanceId: '', endedAt: start }),
      );
      deleting = deleteEndedOf(work(writer), deleteKept).then(() => void order.push('deleted'));
      await new Promise((resolve) => setTimeout(resolve, 200));
      order.push('written');
    });
    await deleting;
    expect(order).toEqual(['written', 'deleted']);
  });

  it('is seen by who has waited for its begin', async () => {
    const customer = await market.customer(0);
    const { tenant } = customer;
    let asking: Promise<ReadonlySet<string>> | undefined;
    await inTenant(customer, async (beginning) => {
      await waitForWriters(beginning, tenant);
      asking = inTenant(customer, (tx) => beingDeleted(tx, tenant));
      await new Promise((resolve) => setTimeout(resolve, 200));
      await insertDeletion(beginning, tenant, { ended: 'trial', instanceId: '', endedAt: start });
    });
    expect([...((await asking) ?? [])]).toEqual(['trial']);
  });

  it('keeps what a hook keeps for 180 days, then deletes what is older than the end', async () => {
    const customer = await market.customer(1_000);
    const instanceId = await customer.buy('professional', { cores: 1 });
    const history = [start.subtract({ hours: 1 }), start.subtract({ hours: 2 }), start.add({ hours: 1 })];
    const alarms: DeletionHook = {
      domain: 'alarms-of-the-test',
      of: ['professional'],
      deletePiece: () => Promise.resolve({ rules: 0 }),
      deleteKeptPiece({ endedAt }) {
        const index = history.findIndex((happened) => Temporal.Instant.compare(happened, endedAt) < 0);
        if (index >= 0) history.splice(index, 1);
        return Promise.resolve({ alarms: index < 0 ? 0 : 1 });
      },
    };
    await inTenant(customer, (tx) =>
      insertDeletion(tx, customer.tenant, { ended: 'professional', instanceId, endedAt: start }),
    );
    const hooks = [alarms, ...deletionHooks];
    await deleteEndedOf(work(customer, { hooks }), deleteKept);
    expect(history).toHaveLength(3);
    const [before] = await reportsOf(customer);
    expect(before).toMatchObject({
      Status: 'DONE',
      KeptUntil: '2026-08-28 08:00:00',
      KeptDeleteTime: '',
      KeptLines: [],
    });
    const timers = await inTenant(customer, async (tx) =>
      tx
        .withTables<{
          timers: { tenant_id: bigint; key: string; due_at: Temporal.Instant; job: string; payload: unknown };
        }>()
        .selectFrom('timers')
        .select(['due_at', 'payload'])
        .where('tenant_id', '=', customer.tenant)
        .where('job', '=', deleteKept.name)
        .execute(),
    );
    expect(timers.map(({ due_at }) => due_at.toString())).toEqual(['2026-08-28T00:00:00Z']);
    const { deletion } = deleteKept.data.parse(timers[0]?.payload);
    for (let time = 0; time < 2; time += 1) await deleteKeptOf(work(customer, { hooks }), BigInt(deletion));
    expect(history).toEqual([start.add({ hours: 1 })]);
    const [after] = await reportsOf(customer);
    expect(after?.KeptLines).toEqual([{ Domain: 'alarms-of-the-test', Kind: 'alarms', Deleted: 2 }]);
    expect(after?.KeptDeleteTime).toBe('2026-03-01 08:00:00');
    expect((await customer.events()).filter(([type]) => type === 'kept-data-deleted')).toHaveLength(1);
  });
});
