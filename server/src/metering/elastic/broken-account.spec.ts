import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operatorCaller } from '../../../../tests/support/call-action.ts';
import { openMarket, type Market } from '../../../../tests/support/commercial-tenant.ts';

let market: Market;
beforeAll(async () => {
  market = await openMarket('2026-03-01T09:30:00+08:00');
});
afterAll(() => market.close());

it('an account that cannot be charged keeps nothing of it, and stops no other', async () => {
  const customers = [];
  for (let index = 0; index < 3; index += 1) {
    const customer = await market.customer(1_000);
    await customer.buy('professional', { cores: 10 });
    await operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores: 34 });
    customers.push(customer);
  }
  const [, broken] = customers.toSorted((one, other) => Number(one.tenant - other.tenant));
  // Its bill's number is taken: the charge fails after it was booked.
  await market.database.inTenant(broken?.tenant ?? 0n, (tx) =>
    sql`
      insert into bills select tenant_id, '20260301' || tenant_id || '01', order_id, month, billed_at, pay_mode,
        action_type, instance_id, region_code, original_cents, real_cents, cash_cents, credit_cents, voucher_cents, document
      from bills`.execute(tx),
  );
  const next = Temporal.Instant.from('2026-03-02T02:00:00+08:00');
  await market.advance(next);
  for (const customer of customers) {
    const { RealBalance } = await customer.call('DescribeAccountBalance');
    expect(RealBalance).toBe(customer === broken ? 10_000 : 8_600);
  }
});
