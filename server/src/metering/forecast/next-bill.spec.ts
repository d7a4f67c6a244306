import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorCode, operatorCaller } from '../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { writeBill } from '../../billing/index.ts';
import { draftNextBills, nextCharge } from './next-bill.ts';

const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);

it.each([
  ['2026-03-01T00:00:00', '2026-03-01T02:00:00'],
  ['2026-03-01T01:59:59', '2026-03-01T02:00:00'],
  ['2026-03-01T02:00:00', '2026-03-02T02:00:00'],
  ['2026-03-01T23:59:59', '2026-03-02T02:00:00'],
])('after %s the next charge is at %s', (now, charge) => {
  expect(nextCharge(at(now))).toEqual(at(charge));
});

describe('the next bill', () => {
  let market: Market;
  let customer: Customer;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T09:30:00+08:00');
    customer = await market.customer(330);
    await customer.buy('professional', { cores: 3 });
  });
  afterAll(() => market.close());

  const put = (Cores: number) => operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores });
  const next = () => customer.call('DescribeNextBill');
  const drafts = async () => {
    const now = await market.database.inSystem('test', (tx) => market.clock.now(tx));
    const { drafts: made } = await market.database.inTenant(customer.tenant, (tx) =>
      draftNextBills(tx, customer.tenant, now),
    );
    return made.map(({ bill }) => writeBill(bill));
  };
  const charged = () =>
    market.database.inTenant(customer.tenant, async (tx) => {
      const { rows } = await sql<{ document: string }>`
        select document from bills where pay_mode = 'postPay' order by bill_id`.execute(tx);
      return rows.map(({ document }) => document);
    });

  it('is none while nothing is beyond the licence', async () => {
    expect(await next()).toEqual({
      ChargeTime: '2026-03-02 02:00:00',
      RealTotalCost: '0.00',
      Bills: [],
      HeldFrom: '',
      HeldReason: '',
      HeldCost: '0.00',
    });
    await put(3);
    await market.advance(at('2026-03-01T10:00:00'));
    expect(await next()).toMatchObject({ Bills: [] });
  });

  it('grows with each sample, opened to them', async () => {
    await put(28);
    await market.advance(at('2026-03-01T11:00:00'));
    expect(await next()).toMatchObject({ RealTotalCost: '1.04' });
    await market.advance(at('2026-03-01T12:00:00'));
    const { ChargeTime, RealTotalCost, Bills } = await next();
    expect([ChargeTime, RealTotalCost]).toEqual(['2026-03-02 02:00:00', '2.08']);
    expect(Bills).toMatchObject([
      {
        Lines: [
          {
            Formula: '1.00 × 50 core × 1/24 day = 2.08',
            CatalogVersion: 0,
            UnitPriceMicro: 1_000_000,
            AmountExact: '25/12',
            AmountRounded: '2.08',
            Rounding: '-1/300',
            Paid: { Credit: '0.00', Cash: '2.08', Owed: '0.00' },
          },
        ],
      },
    ]);
    const hours = z
      .tuple([
        z.object({
          Hours: z.array(z.object({ Hour: z.string(), Sampled: z.boolean(), Quantity: z.int(), Facts: z.unknown() })),
        }),
      ])
      .parse(Bills)[0].Hours;
    expect(hours.map(({ Sampled }) => Sampled).lastIndexOf(true)).toBe(12);
    expect(hours.filter(({ Sampled }) => Sampled).map(({ Quantity }) => Quantity)).toEqual([0, 25, 25]);
    expect(hours[12]).toEqual({
      Hour: '2026-03-01 12:00:00',
      Sampled: true,
      Quantity: 25,
      Facts: [
        { Name: 'counted', Value: '28' },
        { Name: 'licensed', Value: '3' },
        { Name: 'cap', Value: '5000' },
        { Name: 'source', Value: '{"kind":"put by hand"}' },
      ],
    });
    expect(await charged()).toEqual([]);
  });

  it('is held back while the account is parked', async () => {
    const operator = operatorCaller(market);
    const Uin = String(customer.tenant);
    await operator('ParkBilling', { Uin, Reason: 'a look at it' });
    expect(await next()).toMatchObject({
      RealTotalCost: '0.00',
      Bills: [],
      HeldFrom: '2026-03-01',
      HeldReason: 'its billing is parked',
      HeldCost: '2.08',
    });
    await operator('UnparkBilling', { Uin, Note: 'looked at' });
    expect(await next()).toMatchObject({ RealTotalCost: '2.08', HeldFrom: '', HeldCost: '0.00' });
  });

  it('is byte for byte the bill that is made then, also where it becomes a debt', async () => {
    for (const day of ['02', '03', '04', '05']) {
      await put(Number(day) * 13);
      await market.advance(at(`2026-03-${day}T01:59:59`));
      const before = await charged();
      const drafted = await drafts();
      expect(drafted).toHaveLength(1);
      await market.advance(at(`2026-03-${day}T02:00:00`));
      expect(await charged()).toEqual([...before, ...drafted]);
    }
  });

  it('and the bill opens to the same parts once it is made, with what was owed of it', async () => {
    const bills = (await charged()).map((document) =>
      z.object({ billId: z.string() }).loose().parse(JSON.parse(document)),
    );
    const BillId = bills.at(-1)?.billId;
    const explained = await customer.call('ExplainBill', { BillId });
    expect(explained).toMatchObject({ BillId, Action: 'charge', Lines: [{ Paid: { Cash: '0.00', Owed: '60.38' } }] });
    expect(explained['Hours']).toHaveLength(24);
    expect(await operatorCaller(market)('ExplainAccountBill', { Uin: String(customer.tenant), BillId })).toEqual(
      explained,
    );
    const stranger = await market.customer(0);
    expect(await errorCode(stranger.call('ExplainBill', { BillId }))).toBe('ResourceNotFound');
    expect(await errorCode(customer.call('ExplainBill', { BillId: '1' }))).toBe('ResourceNotFound');
    expect(await errorCode(customer.call('ExplainBill', { BillId: "'" }))).toBe('InvalidParameterValue');
  });
});

describe('bills of orders and refunds', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-10T14:00:00+08:00');
  });
  afterAll(() => market.close());

  it('open to their price, and a credit note to the bill that it corrects', async () => {
    const customer = await market.customer(100);
    const uin = String(customer.tenant);
    await operatorCaller(market)('TopUpAccount', { Uin: uin, Amount: '25.00', Kind: 'credit' });
    const InstanceId = await customer.buy('professional', { cores: 1 });
    const billIds = async () => {
      const { DetailSet } = await customer.call('DescribeBillDetail', { Offset: 0, Limit: 10, Month: '2026-03' });
      return z
        .array(z.object({ BillId: z.string() }))
        .parse(DetailSet)
        .map(({ BillId }) => BillId);
    };
    const [BillId] = await billIds();
    expect(await customer.call('ExplainBill', { BillId })).toMatchObject({
      Action: 'purchase',
      InstanceId,
      RealCost: '90.00',
      Lines: [
        {
          Product: 'professional',
          Formula: '30.00 × 1 core × 3 month = 90.00',
          Share: '3',
          OriginalExact: '90',
          AmountExact: '90',
          Rounding: '0',
          Withheld: '0.00',
          Paid: { Voucher: '0.00', Credit: '25.00', Cash: '65.00', Owed: '0.00' },
          CorrectsBillId: '',
        },
      ],
      Hours: [],
    });
    await market.advance(at('2026-03-12T14:00:00'));
    await customer.call('CreateRefundRequest', { InstanceId, Reason: 'not needed' });
    const [creditNote] = (await billIds()).filter((id) => id !== BillId);
    expect(await customer.call('ExplainBill', { BillId: creditNote })).toMatchObject({
      Action: 'refund',
      RealCost: '-90.00',
      Lines: [{ RealCost: '90.00', Paid: { Credit: '25.00', Cash: '65.00', Owed: '0.00' }, CorrectsBillId: BillId }],
    });
  });
});
