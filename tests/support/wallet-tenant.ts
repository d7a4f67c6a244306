/** A verified main account with money, and orders for it: what specs of the commercial side begin with. */
import { createAccount } from '../../server/src/accounts/index.ts';
import { topUp, type NewDeal } from '../../server/src/billing/index.ts';
import { fraction, priceLine, type PriceLine } from '../../server/src/catalog/index.ts';
import type { Platform } from '../../server/src/platform/platform.ts';

let accounts = 0;

/** Makes an account and gives its tenant, with so many cents in cash. */
export async function walletTenant({ database, clock }: Platform, cents = 0n): Promise<bigint> {
  const { uin } = await database.inSystem('test', async (tx) =>
    createAccount(tx, { email: `wallet-${++accounts}@example.com`, verified: true }, await clock.now(tx)),
  );
  if (cents > 0n) {
    await database.inTenant(uin, async (tx) => topUp(tx, uin, { kind: 'cash', cents }, await clock.now(tx)));
  }
  return uin;
}

/** A line that costs so many cents. */
export function lineOf(cents: bigint, product: PriceLine['product'] = 'professional'): PriceLine {
  return priceLine({
    product,
    description: `something for ${cents}`,
    unitPriceMicro: 10_000n,
    quantity: cents,
    share: fraction(1n),
    catalogVersion: 1n,
  });
}

/** An order of the professional edition for so many cents, for one line unless lines are given. */
export function orderOf(tenant: bigint, cents: bigint, more: Partial<NewDeal> = {}): NewDeal {
  return {
    action: 'purchase',
    product: 'professional',
    instanceId: 'tcss-spec',
    regionCode: 'ap-guangzhou',
    zoneCode: 'ap-guangzhou-1',
    parameters: { cores: 10, scope: 'all' },
    lines: [lineOf(cents)],
    creator: tenant,
    ...more,
  };
}
