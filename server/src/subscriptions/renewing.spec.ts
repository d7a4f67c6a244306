import { describe, expect, it } from 'vitest';
import { errorCode } from '../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';

const codes = {
  professional: 'sp_tcss_professional',
  scan: 'sp_tcss_image_scan',
  logs: 'sp_tcss_log_analysis',
} as const;
type Product = keyof typeof codes;

const start = Temporal.Instant.from('2026-01-31T14:00:00+08:00');
/** Three months later, by the anchor's day. */
const end = Temporal.Instant.from('2026-04-30T14:00:00+08:00');
const afterEnd = (hours: number, seconds = 0) => end.add({ hours }).add({ seconds });
const fiveDays = 5 * 24;
const sixDays = 6 * 24;

let token = 0;

/** A market that is opened for one test, since its clock only moves forwards. */
async function inMarket(work: (market: Market) => Promise<void>): Promise<void> {
  const market = await openMarket(start.toString());
  try {
    await work(market);
  } finally {
    await market.close();
  }
}

async function buy(customer: Customer, product: Product, parameter: object, RenewFlag?: string): Promise<string> {
  const answer = await customer.call('CreateInstance', {
    ClientToken: `token-${++token}`,
    ProductCode: 'p_tcss',
    SubProductCode: codes[product],
    RegionCode: 'r',
    ZoneCode: 'z',
    PayMode: 'PrePay',
    Parameter: JSON.stringify(parameter),
    ...(product !== 'scan' && { Period: 3, PeriodUnit: 'm' }),
    ...(RenewFlag && { RenewFlag }),
  });
  return (answer as { InstanceIdList: string[] }).InstanceIdList[0] ?? '';
}

const renewal = (product: Product, InstanceId: string, Period = 1) => ({
  ClientToken: `token-${++token}`,
  ProductCode: 'p_tcss',
  SubProductCode: codes[product],
  RegionCode: 'r',
  InstanceId,
  Period,
  PeriodUnit: 'm',
});

const renew = (customer: Customer, product: Product, id: string, months = 1) =>
  errorCode(customer.call('RenewInstance', renewal(product, id, months)));

/** Event names and instants without those that only say that people are to be told. */
async function changes(customer: Customer): Promise<string[]> {
  return (await customer.events()).filter(([type]) => !type.endsWith('-due')).map(([type, at]) => `${type} ${at}`);
}

const ends = async (customer: Customer) => {
  const { InstanceList } = (await customer.call('DescribeRenewInstances', { MaxResults: 10 })) as {
    InstanceList: { SubProductCode: string; Status: string; ExpireTime: string }[];
  };
  return Object.fromEntries(
    InstanceList.map(({ SubProductCode, Status, ExpireTime }) => [SubProductCode, `${Status} ${ExpireTime}`]),
  );
};

describe('the end of all three products', () => {
  const boundaries: [at: Temporal.Instant, professional: string, purchase: object][] = [
    [afterEnd(0, -1), 'NORMAL', { State: 3, SubState: 'NORMAL', AuthorizedCoresCnt: 10 }],
    [afterEnd(0), 'ISOLATED', { State: 4, SubState: 'ISOLATE', AuthorizedCoresCnt: 10 }],
    [afterEnd(0, 1), 'ISOLATED', { State: 4, SubState: 'ISOLATE', AuthorizedCoresCnt: 10 }],
    [afterEnd(fiveDays, -1), 'ISOLATED', { State: 4, SubState: 'ISOLATE', AuthorizedCoresCnt: 10 }],
    [afterEnd(fiveDays), 'none', { State: 4, SubState: 'ISOLATE', AuthorizedCoresCnt: 0 }],
    [afterEnd(fiveDays, 1), 'none', { State: 4, SubState: 'ISOLATE', AuthorizedCoresCnt: 0 }],
    [afterEnd(sixDays, -1), 'none', { State: 4, SubState: 'ISOLATE', AuthorizedCoresCnt: 0 }],
    [afterEnd(sixDays), 'none', { State: 4, SubState: 'DESTROED', AuthorizedCoresCnt: 0 }],
    [afterEnd(sixDays, 1), 'none', { State: 4, SubState: 'DESTROED', AuthorizedCoresCnt: 0 }],
  ];

  it('shows each state at its second, and tells of each change at its instant', () =>
    inMarket(async (market) => {
      const customer = await market.customer(10_000);
      await buy(customer, 'logs', { capacityGB: 10 });
      await buy(customer, 'professional', { cores: 10 });
      await buy(customer, 'scan', { scansPerMonth: 300 });
      for (const [at, status, purchase] of boundaries) {
        await market.advance(at);
        expect(await customer.call('DescribePurchaseStateInfo')).toMatchObject(purchase);
        const expected = status === 'none' ? undefined : `${status} 2026-04-30 14:00:00`;
        expect(await ends(customer)).toEqual(
          expected ? Object.fromEntries(Object.values(codes).map((code) => [code, expected])) : {},
        );
        const usage = await customer.call('DescribeImageScanUsage');
        expect(usage['Capacity']).toBe(status === 'NORMAL' ? '300' : '0');
        const logs = await customer.call('DescribeSecLogVasInfo');
        expect(logs['LogCapacity']).toBe(status === 'none' ? 0 : 10);
      }
      expect(await changes(customer)).toEqual([
        ...['purchased', 'purchased', 'purchased'].map((type) => `${type} ${start.toString()}`),
        ...Array.from({ length: 3 }, () => `isolated ${end.toString()}`),
        ...Array.from({ length: 3 }, () => `stopped ${afterEnd(fiveDays).toString()}`),
        ...Array.from({ length: 3 }, () => `destroyed ${afterEnd(sixDays).toString()}`),
        ...Array.from({ length: 3 }, () => `data-deleted ${afterEnd(sixDays).toString()}`),
      ]);
      const due = (await customer.events()).filter(([type]) => type === 'reminder-due');
      expect(due).toHaveLength(3 * 7);
      expect(due[0]?.[1]).toBe('2026-04-24T02:00:00Z');
    }));
});

describe('a renewal by hand', () => {
  it.each([
    [afterEnd(0, -1), 'OK'],
    [afterEnd(0), 'OK'],
    [afterEnd(0, 1), 'OK'],
    [afterEnd(fiveDays, -1), 'OK'],
    [afterEnd(fiveDays), 'FailedOperation.NotRenewable'],
    [afterEnd(fiveDays, 1), 'FailedOperation.NotRenewable'],
    [afterEnd(sixDays, -1), 'FailedOperation.NotRenewable'],
    [afterEnd(sixDays), 'InvalidParameterValue.DataNotFound'],
    [afterEnd(sixDays, 1), 'InvalidParameterValue.DataNotFound'],
  ])('at %s: %s', (at, code) =>
    inMarket(async (market) => {
      const customer = await market.customer(10_000);
      const professional = await buy(customer, 'professional', { cores: 1 });
      const scan = await buy(customer, 'scan', { scansPerMonth: 300 });
      const logs = await buy(customer, 'logs', { capacityGB: 10 });
      await market.advance(at);
      expect(await renew(customer, 'professional', professional)).toBe(code);
      expect(await renew(customer, 'scan', scan)).toBe(code);
      expect(await renew(customer, 'logs', logs, 2)).toBe(code);
      if (code !== 'OK') return;
      // From the old end, by the day of the purchase.
      expect(await ends(customer)).toEqual({
        sp_tcss_professional: 'NORMAL 2026-05-31 14:00:00',
        sp_tcss_image_scan: 'NORMAL 2026-05-31 14:00:00',
        sp_tcss_log_analysis: 'NORMAL 2026-06-30 14:00:00',
      });
    }),
  );

  it('of image scan ends with the professional edition, and waits for it', () =>
    inMarket(async (market) => {
      const customer = await market.customer(10_000);
      const professional = await buy(customer, 'professional', { cores: 1 });
      const scan = await buy(customer, 'scan', { scansPerMonth: 300 });
      expect(await renew(customer, 'scan', scan)).toBe('FailedOperation.EndsWithProfessionalEdition');
      expect(await renew(customer, 'professional', professional, 2)).toBe('OK');
      expect(await renew(customer, 'scan', scan, 12)).toBe('OK');
      expect(await ends(customer)).toMatchObject({ sp_tcss_image_scan: 'NORMAL 2026-06-30 14:00:00' });
      await market.advance(Temporal.Instant.from('2026-06-30T14:00:00+08:00'));
      expect(await renew(customer, 'scan', scan)).toBe('FailedOperation.NeedsProfessionalEdition');
    }));
});

describe('an automatic renewal', () => {
  const auto = 'NOTIFY_AND_AUTO_RENEW';

  it('with the money happens at the end, all products in order, and nothing is ever isolated', () =>
    inMarket(async (market) => {
      const customer = await market.customer(10_000);
      await buy(customer, 'logs', { capacityGB: 10 }, auto);
      await buy(customer, 'professional', { cores: 10 }, auto);
      await buy(customer, 'scan', { scansPerMonth: 300 }, auto);
      await market.advance(end);
      expect((await changes(customer)).slice(3)).toEqual(Array.from({ length: 3 }, () => `renewed ${end.toString()}`));
      expect(await ends(customer)).toEqual(
        Object.fromEntries(Object.values(codes).map((code) => [code, 'NORMAL 2026-05-31 14:00:00'])),
      );
      await market.advance(Temporal.Instant.from('2026-06-30T14:00:01+08:00'));
      expect((await ends(customer))['sp_tcss_image_scan']).toBe('NORMAL 2026-07-31 14:00:00');
    }));

  it.each([
    [1, afterEnd(1)],
    [2, afterEnd(25)],
    [3, afterEnd(49)],
    [4, afterEnd(73)],
    [5, afterEnd(fiveDays, -1)],
  ])('without the money follows the credit on day %i', (_, at) =>
    inMarket(async (market) => {
      const customer = await market.customer(900 + 270 + 30);
      await buy(customer, 'professional', { cores: 10 }, auto);
      await buy(customer, 'scan', { scansPerMonth: 300 }, auto);
      await buy(customer, 'logs', { capacityGB: 10 }, auto);
      await market.advance(end);
      expect((await changes(customer)).slice(3)).toEqual(
        Array.from({ length: 3 }, () => [`auto-renew-failed ${end.toString()}`, `isolated ${end.toString()}`]).flat(),
      );
      await market.advance(at);
      // Enough for the professional edition and image scan; the logs wait for more.
      await customer.topUp(300 + 90);
      expect(await ends(customer)).toEqual({
        sp_tcss_professional: 'NORMAL 2026-05-31 14:00:00',
        sp_tcss_image_scan: 'NORMAL 2026-05-31 14:00:00',
        sp_tcss_log_analysis: 'ISOLATED 2026-04-30 14:00:00',
      });
      expect((await changes(customer)).slice(-3)).toEqual([
        `renewed ${at.toString()}`,
        `renewed ${at.toString()}`,
        `auto-renew-failed ${at.toString()}`,
      ]);
      await customer.topUp(10);
      expect((await ends(customer))['sp_tcss_log_analysis']).toBe('NORMAL 2026-05-31 14:00:00');
    }),
  );

  it('does not follow a credit after the fifth day, nor without the tick', () =>
    inMarket(async (market) => {
      const late = await market.customer(90);
      await buy(late, 'professional', { cores: 1 }, auto);
      const unticked = await market.customer(90);
      const id = await buy(unticked, 'professional', { cores: 1 }, auto);
      expect(
        await unticked.call('SetRenewal', {
          ProductCode: 'p_tcss',
          RegionCode: 'r',
          InstanceId: id,
          RenewFlag: 'DISABLE_NOTIFY_AND_MANUAL_RENEW',
        }),
      ).toEqual({ InstanceList: [] });
      expect(await unticked.call('DescribePurchaseStateInfo')).toMatchObject({ AutomaticRenewal: 2 });
      await market.advance(afterEnd(1));
      await unticked.topUp(1000);
      expect(await ends(unticked)).toEqual({ sp_tcss_professional: 'ISOLATED 2026-04-30 14:00:00' });
      await market.advance(afterEnd(fiveDays));
      await late.topUp(1000);
      expect(await ends(late)).toEqual({});
    }));

  it('lasts as long as was set', () =>
    inMarket(async (market) => {
      const customer = await market.customer(10_000);
      const id = await buy(customer, 'logs', { capacityGB: 10 });
      const set = { ProductCode: 'p_tcss', RegionCode: 'r', InstanceId: id, RenewFlag: auto, RenewPeriodUnit: 'm' };
      expect(await errorCode(customer.call('SetRenewal', { ...set, RenewPeriod: '40' }))).toBe(
        'InvalidParameter.Period',
      );
      await customer.call('SetRenewal', { ...set, RenewPeriod: '2' });
      await market.advance(end);
      expect(await ends(customer)).toEqual({ sp_tcss_log_analysis: 'NORMAL 2026-06-30 14:00:00' });
    }));
});
