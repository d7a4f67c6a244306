import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Buyer, Sold } from './support/buyer.ts';
import { codeOf } from './support/official-sdk.ts';
import { daily, marketInstant, openStory, told, type Story } from './support/story.ts';

/** All are sold here, at the end of a month, for three months; this is their end, by the day of the purchase. */
const start = marketInstant('2026-01-31T14:00:00');
const end = marketInstant('2026-04-30T14:00:00');
const fiveDays = end.add({ hours: 5 * 24 });
const sixDays = end.add({ hours: 6 * 24 });
const instants = [end, fiveDays, sixDays].flatMap((boundary) => [-1, 0, 1].map((seconds) => boundary.add({ seconds })));

const names = { professional: 'professional', scan: 'image-scan', logs: 'log-analysis' } as const;

interface Holder {
  buyer: Buyer;
  ids: Partial<Record<Sold, string>>;
}

describe('a renewal by hand', () => {
  let story: Story;
  /** For each instant who has all three, ending together; and whose scans end long before their edition. */
  let holders: { at: Temporal.Instant; all: Holder; scans: Holder }[];
  beforeAll(async () => {
    story = await openStory(start.toString());
    holders = await Promise.all(
      instants.map(async (at) => {
        const [all, scans] = await Promise.all([story.buyer('1000.00'), story.buyer('1000.00')]);
        return {
          at,
          all: {
            buyer: all,
            ids: {
              professional: await all.buy('professional', { cores: 1 }, { months: 3 }),
              scan: await all.buy('scan', { scansPerMonth: 300 }),
              logs: await all.buy('logs', { capacityGB: 10 }, { months: 3 }),
            },
          },
          scans: {
            buyer: scans,
            ids: {
              professional: await scans.buy('professional', { cores: 1 }, { months: 12 }),
              scan: await scans.buy('scan', { scansPerMonth: 300 }, { months: 3 }),
            },
          },
        };
      }),
    );
  });
  afterAll(() => story.close());

  it.each(instants.map((at, index) => [at.toZonedDateTimeISO('+08:00').toPlainDateTime().toString(), index] as const))(
    'at %s',
    async (_, index) => {
      const holder = holders[index];
      if (!holder) throw new Error('there is one for each instant');
      const { at, all, scans } = holder;
      await story.advance(at);
      const renewable = Temporal.Instant.compare(at, fiveDays) < 0;
      const gone = Temporal.Instant.compare(at, sixDays) >= 0;
      const code = renewable ? 'OK' : gone ? 'InvalidParameterValue.DataNotFound' : 'FailedOperation.NotRenewable';
      const renew = ({ buyer, ids }: Holder, product: Sold, months?: number) =>
        codeOf(buyer.renew(product, ids[product] ?? '', months));
      // Scans first where their edition runs on; after it where both have ended.
      expect(await renew(scans, 'scan')).toBe(code);
      expect(await renew(all, 'professional')).toBe(code);
      expect(await renew(all, 'scan')).toBe(code);
      expect(await renew(all, 'logs', 2)).toBe(code);

      const renewed = 'NORMAL 2026-05-31 14:00:00';
      const yearly = 'NORMAL 2027-01-31 14:00:00';
      expect(await all.buyer.ends()).toEqual(
        renewable ? { professional: renewed, scan: renewed, logs: 'NORMAL 2026-06-30 14:00:00' } : {},
      );
      expect(await scans.buyer.ends()).toEqual({ professional: yearly, ...(renewable && { scan: renewed }) });
      // 1,000 − 90 − 270 − 30, and 1,000 − 360 − 270; of what was renewed a month of cores and scans, two of logs.
      expect(await all.buyer.balance()).toBe(renewable ? 610 - 30 - 90 - 20 : 610);
      expect(await scans.buyer.balance()).toBe(renewable ? 370 - 90 : 370);

      expect(await story.events(all.buyer)).toEqual(life(at, renewable, ['professional', 'scan', 'logs']));
      expect(await story.events(scans.buyer)).toEqual([
        told(start, 'purchased', names.professional),
        ...life(at, renewable, ['scan']),
      ]);
      expect(await story.books(all.buyer)).toBe(0n);
    },
  );
});

/** All that is told until `at` of what was bought at the start, as the rules have it. */
function life(at: Temporal.Instant, renewed: boolean, products: readonly Sold[]): string[] {
  const of = (line: (product: string) => string[]) => products.flatMap((product) => line(names[product]));
  const reminders = daily('2026-04-24', '2026-04-30', 'reminder-due', '');
  const notices = daily('2026-05-01', '2026-05-06', 'isolation-notice-due', '');
  const each = (lines: string[]) => lines.flatMap((line) => of((product) => [`${line}${product}`]));
  const happenings = [
    ...of((product) => [told(start, 'purchased', product)]),
    ...each(reminders),
    ...of((product) => [told(end, 'isolated', product)]),
    ...each(notices.slice(0, 5)),
    ...of((product) => [told(fiveDays, 'stopped', product)]),
    ...each(notices.slice(5)),
    ...of((product) => [told(sixDays, 'destroyed', product)]),
  ];
  const now = told(at, '').trim();
  const deleted = (['scan', 'logs', 'professional'] as const)
    .filter((product) => products.includes(product))
    .map((product) => told(sixDays, 'data-deleted', names[product]));
  return [
    ...happenings.filter((line) => line.slice(0, now.length) <= now),
    ...(Temporal.Instant.compare(at, sixDays) >= 0 ? deleted : []),
    ...(renewed ? of((product) => [told(at, 'renewed', product)]) : []),
  ];
}
