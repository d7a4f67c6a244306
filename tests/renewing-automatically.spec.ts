import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { daily, marketInstant, openStory, told, type Story } from './support/story.ts';

const start = '2026-01-31T14:00:00';
const end = marketInstant('2026-04-30T14:00:00');
const auto = 'NOTIFY_AND_AUTO_RENEW';

const isolated = 'ISOLATED 2026-04-30 14:00:00';
const renewed = 'NORMAL 2026-05-31 14:00:00';

const products = ['professional', 'image-scan', 'log-analysis'] as const;
const each = (lines: readonly string[]) => lines.flatMap((line) => products.map((product) => `${line}${product}`));
const bought = products.map((product) => told(marketInstant(start), 'purchased', product));
const reminders = each(daily('2026-04-24', '2026-04-30', 'reminder-due', ''));
const notices = (until: string) => each(daily('2026-05-01', until, 'isolation-notice-due', ''));
/** At the end, when nothing is there to pay with; each product has its turn to renew, then it is isolated. */
const notCovered = products.flatMap((product) => [
  told(end, 'auto-renew-failed', product),
  told(end, 'isolated', product),
]);

/** When money comes on each of the five days, and at the first instant at which it is too late. */
const credits: [day: string, at: string, lastNotice: string][] = [
  ['first', '2026-04-30T14:00:01', ''],
  ['second', '2026-05-02T00:00:00', '2026-05-01'],
  ['third', '2026-05-03T13:59:59', '2026-05-03'],
  ['fourth', '2026-05-03T14:00:00', '2026-05-03'],
  ['fifth', '2026-05-05T13:59:59', '2026-05-05'],
];
const tooLate = '2026-05-05T14:00:00';

describe('an automatic renewal', () => {
  let story: Story;
  let rich: Buyer;
  let poor: Buyer[];
  let late: Buyer;
  const buyAll = async (yuan: string) => {
    const buyer = await story.buyer(yuan);
    await buyer.buy('professional', { cores: 1 }, { months: 3, flag: auto });
    await buyer.buy('scan', { scansPerMonth: 300 }, { flag: auto });
    await buyer.buy('logs', { capacityGB: 10 }, { months: 3, flag: auto });
    return buyer;
  };
  beforeAll(async () => {
    story = await openStory(start);
    rich = await buyAll('1000.00');
    // 90, 270 and 30: nothing is left.
    poor = await Promise.all(credits.map(() => buyAll('390.00')));
    late = await buyAll('390.00');
    await story.advance(end.subtract({ seconds: 1 }));
  });
  afterAll(() => story.close());

  it('is not made a second too early', async () => {
    for (const buyer of [rich, late]) {
      const running = 'NORMAL 2026-04-30 14:00:00';
      expect(await buyer.ends()).toEqual({ professional: running, scan: running, logs: running });
    }
    expect(await rich.balance()).toBe(610);
  });

  it('is made at the end, by a month, where the balance suffices, and nothing is isolated', async () => {
    await story.advance(end);
    expect(await rich.ends()).toEqual({ professional: renewed, scan: renewed, logs: renewed });
    expect(await rich.balance()).toBe(480);
    expect(await story.events(rich)).toEqual([
      ...bought,
      ...reminders,
      ...products.map((product) => told(end, 'renewed', product)),
    ]);
  });

  it('fails where it does not, and everything is isolated', async () => {
    for (const buyer of poor) {
      expect(await buyer.ends()).toEqual({ professional: isolated, scan: isolated, logs: isolated });
      expect(await buyer.balance()).toBe(0);
      expect(await story.events(buyer)).toEqual([...bought, ...reminders, ...notCovered]);
    }
  });

  it.each(credits.map((credit, index) => [...credit, index] as const))(
    'is made after a credit on the %s day, at %s, of what that can pay, in order; then of the rest',
    async (_, at, lastNotice, index) => {
      const buyer = poor[index];
      if (!buyer) throw new Error('there is one for each day');
      await story.advance(at);
      await buyer.topUp('125.00');
      // 30 and 90; 5 do not pay the logs.
      expect(await buyer.ends()).toEqual({ professional: renewed, scan: renewed, logs: isolated });
      expect(await buyer.balance()).toBe(5);
      await buyer.topUp('5.00');
      expect(await buyer.ends()).toEqual({ professional: renewed, scan: renewed, logs: renewed });
      expect(await buyer.balance()).toBe(0);
      const now = marketInstant(at);
      expect(await story.events(buyer)).toEqual([
        ...bought,
        ...reminders,
        ...notCovered,
        ...(lastNotice === '' ? [] : notices(lastNotice)),
        told(now, 'renewed', 'professional'),
        told(now, 'renewed', 'image-scan'),
        told(now, 'auto-renew-failed', 'log-analysis'),
        told(now, 'renewed', 'log-analysis'),
      ]);
      expect(await story.books(buyer)).toBe(0n);
    },
  );

  it('is made no more once the five days are over', async () => {
    await story.advance(tooLate);
    await late.topUp('1000.00');
    expect(await late.ends()).toEqual({});
    expect(await late.balance()).toBe(1_000);
    expect(await story.events(late)).toEqual([
      ...bought,
      ...reminders,
      ...notCovered,
      ...notices('2026-05-05'),
      ...products.map((product) => told(marketInstant(tooLate), 'stopped', product)),
    ]);
  });

  it('is made again at the next end', async () => {
    const next = marketInstant('2026-05-31T14:00:00');
    await story.advance(next);
    const again = 'NORMAL 2026-06-30 14:00:00';
    expect(await rich.ends()).toEqual({ professional: again, scan: again, logs: again });
    expect(await rich.balance()).toBe(350);
    const events = await story.events(rich);
    expect(events.slice(-3)).toEqual(products.map((product) => told(next, 'renewed', product)));
    expect(events.filter((line) => line.includes('isolat'))).toEqual([]);
  });
});
