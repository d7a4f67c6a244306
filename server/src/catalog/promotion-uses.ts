/** How often promotions were used, where that is limited. Source: issue 4, 1. */
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import type { Catalog } from './catalog.ts';
import type { PriceLine } from './price-line.ts';
import type { Promotion } from './promotion.ts';

type PromotionTables = {
  promotion_counts: { promotion_id: bigint; used: bigint };
  promotion_uses: {
    tenant_id: bigint;
    promotion_id: bigint;
    order_key: string;
    counted: boolean;
    used_at: Temporal.Instant;
  };
};

/** The promotions that this account can no longer use. */
export async function usedUpPromotions(
  tx: AppTransaction,
  tenant: bigint,
  catalog: Catalog,
): Promise<ReadonlySet<number>> {
  const limited = catalog.promotions.filter(isLimited);
  if (limited.length === 0) return new Set();
  const ids = limited.map(({ id }) => BigInt(id));
  const tables = tx.withTables<PromotionTables>();
  const counts = await tables
    .selectFrom('promotion_counts')
    .select(['promotion_id', 'used'])
    .where('promotion_id', 'in', ids)
    .execute();
  const own = await tables
    .selectFrom('promotion_uses')
    .select(({ fn }) => ['promotion_id' as const, fn.countAll<bigint>().as('used')])
    .where('tenant_id', '=', tenant)
    .where('promotion_id', 'in', ids)
    .groupBy('promotion_id')
    .execute();
  const usedOf = (rows: typeof counts, id: number) => rows.find((row) => row.promotion_id === BigInt(id))?.used ?? 0n;
  const usedUp = limited.filter(
    ({ id, uses = Infinity, usesPerAccount = Infinity }) =>
      usedOf(counts, id) >= uses || usedOf(own, id) >= usesPerAccount,
  );
  return new Set(usedUp.map(({ id }) => id));
}

/**
 * Takes one use of each promotion that worked on these lines, for the order with this key; the second time for the same
 * order takes nothing. Throws `FailedOperation.PromotionUsedUp` when another order took the last use meanwhile. Of a
 * transaction that is rolled back nothing is taken.
 */
export async function takePromotionUses(
  tx: AppTransaction,
  tenant: bigint,
  order: { key: string; catalog: Catalog; lines: readonly PriceLine[]; now: Temporal.Instant },
): Promise<void> {
  const worked = new Set(order.lines.flatMap(({ promotions }) => promotions.map(({ id }) => id)));
  // In the order of their ids: two orders at once then wait for each other instead of getting stuck.
  const limited = order.catalog.promotions.filter((one) => isLimited(one) && worked.has(one.id));
  for (const promotion of limited.toSorted((a, b) => a.id - b.id)) {
    await takeUse(tx, tenant, promotion, order);
  }
}

/** Gives back what an order took that will never be paid. */
export async function returnPromotionUses(tx: AppTransaction, tenant: bigint, orderKey: string): Promise<void> {
  const returned = await tx
    .withTables<PromotionTables>()
    .deleteFrom('promotion_uses')
    .where('tenant_id', '=', tenant)
    .where('order_key', '=', orderKey)
    .returning(['promotion_id', 'counted'])
    .execute();
  const counted = returned.filter((use) => use.counted).map(({ promotion_id: id }) => id);
  for (const id of counted.toSorted((a, b) => (a < b ? -1 : 1))) {
    await sql`select return_promotion_use(${id})`.execute(tx);
  }
}

function isLimited({ uses, usesPerAccount }: Promotion): boolean {
  return uses !== undefined || usesPerAccount !== undefined;
}

async function takeUse(
  tx: AppTransaction,
  tenant: bigint,
  promotion: Promotion,
  { key, now }: { key: string; now: Temporal.Instant },
): Promise<void> {
  const id = BigInt(promotion.id);
  const tables = tx.withTables<PromotionTables>();
  // Orders of one account that use one promotion come one after the other, so that its own limit holds.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`promotion ${id}`}, ${tenant}))`.execute(tx);
  const { numInsertedOrUpdatedRows } = await tables
    .insertInto('promotion_uses')
    .values({
      tenant_id: tenant,
      promotion_id: id,
      order_key: key,
      counted: promotion.uses !== undefined,
      used_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return;
  const { used } = await tables
    .selectFrom('promotion_uses')
    .select(({ fn }) => fn.countAll<bigint>().as('used'))
    .where('tenant_id', '=', tenant)
    .where('promotion_id', '=', id)
    .executeTakeFirstOrThrow();
  if (used > (promotion.usesPerAccount ?? Infinity)) throw usedUp(promotion);
  if (promotion.uses === undefined) return;
  const { rows } = await sql<{ taken: boolean }>`
    select take_promotion_use(${id}, ${BigInt(promotion.uses)}) as taken`.execute(tx);
  if (rows[0]?.taken !== true) throw usedUp(promotion);
}

function usedUp({ name }: Promotion): ActionError {
  return new ActionError('FailedOperation.PromotionUsedUp', `the promotion "${name}" is used up; order without it`);
}
