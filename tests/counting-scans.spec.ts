import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { cleanImage } from './support/images/index.ts';
import { codeOf } from './support/official-sdk.ts';
import { noRealRegistry, startRealRegistry, type RealRegistry } from './support/real-registry.ts';
import { describeWhen } from './support/requirements.ts';
import { connectRegistry, eventually, imagesByName, pushBuilt } from './support/scan-story.ts';
import { openStory, type Story } from './support/story.ts';

/** The checked example of the product rules, 4, with a real image in a real registry. */
describeWhen(noRealRegistry, '300 image scans a month, bought on the 15th at 14:00', () => {
  let story: Story;
  let registry: RealRegistry;
  let buyer: Buyer;
  let scans = '';
  let image = 0;
  beforeAll(async () => {
    registry = await startRealRegistry();
    await pushBuilt(registry, 'team/a', '1.0', cleanImage());
    story = await openStory('2024-03-15T13:00:00', { WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' });
    buyer = await story.buyer('1000.00');
    await buyer.buy('professional', { cores: 1 }, { months: 3 });
    await connectRegistry(buyer.tcss, registry.url);
    image = Number([...(await imagesByName(buyer.tcss)).values()][0]?.Id);
    await story.advance('2024-03-15T14:00:00');
    scans = await buyer.buy('scan', { scansPerMonth: 300 });
  });
  afterAll(async () => {
    await story?.close();
    await registry.stop();
  });

  const scan = () => buyer.tcss.CreateAssetImageRegistryScanTask({ Id: [image], ScanType: ['CVE'] });
  const usage = () => buyer.ours('DescribeImageScanUsage', { Limit: 1 });
  /** So many tasks of the image at once, until each has its result. */
  const scanTimes = async (times: number, used: string) => {
    for (let task = 0; task < times; task += 1) await scan();
    await eventually(`${used} scans`, async () => ((await usage())['Used'] === used ? true : undefined));
  };

  it('cost 1 for the first scan of an image, and a tenth for each of 99 more', async () => {
    await scanTimes(1, '1');
    for (let done = 9; done <= 99; done += 10) await scanTimes(done === 9 ? 9 : 10, String((10 + done) / 10));
    expect(await usage()).toMatchObject({
      Capacity: '300',
      Used: '10.9',
      Reserved: '0',
      Remaining: '289.1',
      PeriodStart: '2024-03-15 14:00:00',
      PeriodEnd: '2024-04-15 14:00:00',
      TotalCount: 100,
    });
    // The wire has whole numbers: what was used is rounded up.
    expect((await buyer.tcss.DescribeImageAuthorizedInfo(null)).ImageScanInquireInfo).toMatchObject({
      Capcity: 300,
      Useage: 11,
      ResourceID: scans,
      StartTime: '2024-03-15 14:00:00',
      EndTime: '2024-04-15 14:00:00',
    });
  }, 240_000);

  it('would go back by what is unused of the month, and the months to come', async () => {
    const inquiry = { Action: 'refund', SubProductCode: 'sp_tcss_image_scan', InstanceId: scans };
    // 289.1 of 300 for 90.00, and two months, of which the last has 31 started days of 31.
    expect(await buyer.ours('InquirePrice', inquiry)).toMatchObject({ RealTotalCost: '266.73' });
  });

  it('lapse at the anniversary, to the second, when 300 are there again', async () => {
    await story.advance('2024-04-15T13:59:59');
    expect(await usage()).toMatchObject({ Used: '10.9', Remaining: '289.1' });
    await story.advance('2024-04-15T14:00:00');
    expect(await usage()).toMatchObject({
      Capacity: '300',
      Used: '0',
      Remaining: '300',
      PeriodStart: '2024-04-15 14:00:00',
      PeriodEnd: '2024-05-15 14:00:00',
      TotalCount: 0,
    });
    await scanTimes(1, '0.1');
    expect(await usage()).toMatchObject({ Remaining: '299.9' });
  });

  it('stop at the end of the professional edition, at once', async () => {
    await story.advance('2024-06-15T12:59:59');
    expect(await codeOf(scan())).toBe('OK');
    await story.advance('2024-06-15T13:00:00');
    expect(await codeOf(scan())).not.toBe('OK');
  });
});
