import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { fakeImage, honestHandler, startFakeRegistry, type FakeRegistry } from './support/fake-registry.ts';
import { codeOf } from './support/official-sdk.ts';
import { connectRegistry } from './support/scan-story.ts';
import { openStory, type Story } from './support/story.ts';

/** Four customers open the trial at the same time, connect a registry, and buy at another time, or never. */
describe('a trial that becomes a purchase', () => {
  let story: Story;
  let registry: FakeRegistry;
  let inTrial: Buyer;
  let beforeDeletion: Buyer;
  let afterDeletion: Buyer;
  let never: Buyer;
  beforeAll(async () => {
    registry = await startFakeRegistry(honestHandler({ 'a:1': fakeImage() }));
    story = await openStory('2026-03-01T10:00:00', { WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' });
    const open = async () => {
      const buyer = await story.buyer('1000.00');
      await buyer.tcss.OpenTcssTrial(null);
      await connectRegistry(buyer.tcss, registry.url);
      return buyer;
    };
    [inTrial, beforeDeletion, afterDeletion, never] = await Promise.all([open(), open(), open(), open()]);
  });
  afterAll(async () => {
    await story.close();
    await registry.stop();
  });

  const buy = (buyer: Buyer) => buyer.buy('professional', { cores: 5 }, { months: 3 });
  const state = async ({ tcss }: Buyer) => (await tcss.DescribePurchaseStateInfo(null)).State;
  const registries = async ({ tcss }: Buyer) =>
    (await tcss.DescribeAssetImageRegistryRegistryList({})).List?.length ?? 0;
  const locked = ({ tcss }: Buyer) => codeOf(tcss.SyncAssetImageRegistryAsset({ All: true }));
  const opened = '2026-03-01 10:00:00 trial-opened';
  const ended = '2026-03-08 10:00:00 trial-ended';
  const untilEnd = [opened, '2026-03-06 10:00:00 trial-ends-soon', '2026-03-07 10:00:00 trial-ends-soon', ended];

  it('while it runs: the core gift ends at once, the gift of scans with the trial', async () => {
    await story.advance('2026-03-05T10:00:00');
    await buy(inTrial);
    expect(await inTrial.tcss.DescribePurchaseStateInfo(null)).toMatchObject({
      State: 3,
      AuthorizedCoresCnt: 5,
      GivenAuthorizedCoresCnt: 0,
      GivenAuthorizedCnt: 500,
    });
    await story.advance('2026-03-08T09:59:59');
    expect((await inTrial.tcss.DescribeImageAuthorizedInfo(null)).TotalAuthorizedCnt).toBe(500);
    expect(await state(beforeDeletion)).toBe(2);
    expect(await locked(beforeDeletion)).toBe('OK');
    await story.advance('2026-03-08T10:00:00');
    expect((await inTrial.tcss.DescribeImageAuthorizedInfo(null)).TotalAuthorizedCnt).toBe(0);
    expect(await state(inTrial)).toBe(3);
    expect(await locked(inTrial)).toBe('OK');
  });

  it('after it: the console is locked, and the purchase before the deletion finds everything there', async () => {
    expect(await state(beforeDeletion)).toBe(1);
    expect(await locked(beforeDeletion)).toBe('FailedOperation.TrialEnded');
    expect(await codeOf(beforeDeletion.tcss.OpenTcssTrial(null))).toBe('FailedOperation.TrialAlreadyUsed');
    await story.advance('2026-03-09T09:59:59');
    await buy(beforeDeletion);
    await story.advance('2026-03-09T10:00:00');
    expect(await state(beforeDeletion)).toBe(3);
    expect(await registries(beforeDeletion)).toBe(1);
    expect(await registries(inTrial)).toBe(1);
  });

  it('after the deletion: it begins with nothing', async () => {
    await buy(afterDeletion);
    expect(await state(afterDeletion)).toBe(3);
    expect(await registries(afterDeletion)).toBe(0);
    await connectRegistry(afterDeletion.tcss, registry.url);
    expect(await registries(afterDeletion)).toBe(1);
    expect(await codeOf(afterDeletion.tcss.OpenTcssTrial(null))).toMatch(/^FailedOperation\.Trial/);
  });

  it('has told each thing at its instant', async () => {
    await story.advance('2026-03-20T00:00:00');
    expect(await story.events(inTrial)).toEqual([opened, '2026-03-05 10:00:00 purchased professional', ended]);
    expect(await story.events(beforeDeletion)).toEqual([...untilEnd, '2026-03-09 09:59:59 purchased professional']);
    const expired = ['2026-03-09 10:00:00 trial-data-expired', '2026-03-09 10:00:00 data-deleted trial'];
    expect(await story.events(afterDeletion)).toEqual([
      ...untilEnd,
      ...expired,
      '2026-03-09 10:00:00 purchased professional',
    ]);
    expect(await story.events(never)).toEqual([...untilEnd, ...expired]);
    expect(await state(never)).toBe(1);
  });
});
