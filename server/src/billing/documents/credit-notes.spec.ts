import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openMarket, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { readBillDocument } from '../bill-store.ts';
import { readBill, writeBill } from '../bill.ts';

const record = z.looseObject({
  BillId: z.string(),
  OrderId: z.string(),
  ActionType: z.string(),
  AssociatedOrder: z.object({ ReverseOrder: z.string(), Original: z.string() }),
  ComponentSet: z.array(
    z.looseObject({ RealCost: z.string(), CashPayAmount: z.string(), VoucherPayAmount: z.string() }),
  ),
});

describe('the credit note of a refund', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-15T06:00:00Z');
  });
  afterAll(() => market.close());

  async function refunded() {
    const customer = await market.customer(10_000);
    const id = await customer.buy('professional', { cores: 100 });
    const bills = async (more = {}) => {
      const answer = await customer.call('DescribeBillDetail', { Offset: 0, Limit: 100, Month: '2026-03', ...more });
      return z.array(record).parse(answer['DetailSet']);
    };
    const [bought] = await bills();
    const { OrderIdList } = await customer.call('RefundInstance', {
      ClientToken: `credit-${id}`,
      ProductCode: 'p_tcss',
      SubProductCode: 'sp_tcss_professional',
      InstanceId: id,
      RegionCode: 'r',
    });
    const [orderId = ''] = z.array(z.string()).parse(OrderIdList);
    return { customer, bills, bought, orderId };
  }

  it('has a number of its own, names the bill it corrects, and is kept for good', async () => {
    const { customer, bought, orderId } = await refunded();
    const document = await market.database.inTenant(customer.tenant, (tx) =>
      readBillDocument(tx, customer.tenant, orderId),
    );
    const note = readBill(document ?? '');
    expect(note).toMatchObject({ billId: `${orderId}01`, corrects: [bought?.BillId], realCents: 900_000n });
    expect(note.payments).toEqual([{ voucher: 0n, credit: 0n, cash: 900_000n }]);
    expect(writeBill(note)).toBe(document);
  });

  it('stands below zero among the bills, so that a month sums to what was really paid', async () => {
    const { customer, bills, bought, orderId } = await refunded();
    expect(await bills({ ActionType: 'prepay_return' })).toEqual([
      expect.objectContaining({
        BillId: `${orderId}01`,
        OrderId: orderId,
        AssociatedOrder: { ReverseOrder: orderId, Original: bought?.BillId },
        ComponentSet: [
          expect.objectContaining({ RealCost: '-9000.00', CashPayAmount: '-9000.00', VoucherPayAmount: '0.00' }),
        ],
      }),
    ]);
    expect(await bills()).toHaveLength(2);
    const summary = await customer.call('DescribeBillSummary', { Month: '2026-03', GroupType: 'payMode' });
    expect(summary['SummaryDetail']).toMatchObject([{ RealTotalCost: '0.00', CashPayAmount: '0.00' }]);
  });

  it('is what the flow of the account calls the refund by', async () => {
    const { customer, orderId } = await refunded();
    const range = { StartTime: '2026-03-15 00:00:00', EndTime: '2026-03-16 00:00:00', Offset: 0, Limit: 10 };
    const flow = await customer.call('DescribeBillList', { ...range, PayType: ['return'] });
    expect(flow['TransactionList']).toMatchObject([{ Amount: 900_000, BillId: `${orderId}01` }]);
  });
});
