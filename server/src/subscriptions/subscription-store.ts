/** SQL of what was bought. Changes happen under the wallet's lock, so that two never cross. */
import { sql, type Generated, type GeneratedAlways } from 'kysely';
import { z } from 'zod';
import type { Product } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import type { LifeState } from './lifecycle.ts';
import type { Grant, Instance, KeptGrant, RenewFlag, Renewal, Subscription } from './subscription.ts';

type SubscriptionTables = {
  subscriptions: {
    tenant_id: bigint;
    instance_id: string;
    product: Product;
    product_code: string;
    sub_product_code: string;
    region_code: string;
    zone_code: string;
    state: LifeState;
    started_at: Temporal.Instant;
    anchor: Temporal.Instant;
    ends_at: Temporal.Instant;
    isolation_hours: number;
    destruction_hours: number;
    reminder_days: number;
    settled_at: Temporal.Instant;
    renew_flag: RenewFlag;
    renew_flag_chosen: boolean;
    renew_period: number | null;
    renew_period_unit: 'm' | 'y';
    protection: unknown;
  };
  subscription_grants: {
    tenant_id: bigint;
    id: GeneratedAlways<bigint>;
    instance_id: string;
    order_id: string;
    quantity: bigint;
    anchor: Temporal.Instant;
    starts_at: Temporal.Instant;
    ends_at: Temporal.Instant;
    /** What a refund has taken back; others stand in its place. */
    refunded_at: Generated<Temporal.Instant | null>;
  };
};

const protectionColumn = z.strictObject({
  scope: z.enum(['all', 'chosen', 'custom']),
  autoProtectNew: z.boolean(),
  assets: z.array(z.string()),
  elasticCap: z.int().min(0),
});

/** All that this tenant ever bought, newest first, with every grant of it. */
export async function readSubscriptions(tx: AppTransaction, tenant: bigint): Promise<Subscription[]> {
  const instances = await readInstances(tx, tenant);
  if (instances.length === 0) return [];
  const grants = await tx
    .withTables<SubscriptionTables>()
    .selectFrom('subscription_grants')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('refunded_at', 'is', null)
    .orderBy('starts_at')
    .orderBy('id')
    .execute();
  const byInstance = Map.groupBy(grants, (grant) => grant.instance_id);
  return instances.map((one) => ({ ...one, grants: (byInstance.get(one.instanceId) ?? []).map(toGrant) }));
}

/** As {@link readSubscriptions}, without grants. */
export async function readInstances(tx: AppTransaction, tenant: bigint): Promise<Instance[]> {
  const rows = await tx
    .withTables<SubscriptionTables>()
    .selectFrom('subscriptions')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .orderBy('started_at', 'desc')
    .orderBy('instance_id')
    .execute();
  return rows.map(toInstance);
}

/** As `quantityInForce`, of an instance whose grants were not read. */
export async function readQuantityInForce(
  tx: AppTransaction,
  tenant: bigint,
  { instanceId, endsAt }: Instance,
  now: Temporal.Instant,
): Promise<bigint> {
  const { quantity } = await tx
    .withTables<SubscriptionTables>()
    .selectFrom('subscription_grants')
    .select(sql<bigint>`coalesce(sum(quantity), 0)::bigint`.as('quantity'))
    .where('tenant_id', '=', tenant)
    .where('instance_id', '=', instanceId)
    .where('refunded_at', 'is', null)
    .where((grant) =>
      Temporal.Instant.compare(now, endsAt) >= 0
        ? grant('ends_at', '=', endsAt)
        : grant.and([grant('starts_at', '<=', now), grant('ends_at', '>', now)]),
    )
    .executeTakeFirstOrThrow();
  return quantity;
}

export async function insertSubscription(tx: AppTransaction, tenant: bigint, subscription: Instance): Promise<void> {
  await tx
    .withTables<SubscriptionTables>()
    .insertInto('subscriptions')
    .values({
      tenant_id: tenant,
      instance_id: subscription.instanceId,
      product: subscription.product,
      product_code: subscription.productCode,
      sub_product_code: subscription.subProductCode,
      region_code: subscription.regionCode,
      zone_code: subscription.zoneCode,
      started_at: subscription.startedAt,
      anchor: subscription.anchor,
      isolation_hours: subscription.isolationHours,
      destruction_hours: subscription.destructionHours,
      reminder_days: subscription.reminderDays,
      ...lifeColumns(subscription),
      ...renewalColumns(subscription.renewal),
      protection: subscription.protection ? JSON.stringify(subscription.protection) : null,
    })
    .execute();
}

/** Keeps where a life stands. */
export async function updateLife(tx: AppTransaction, tenant: bigint, subscription: Instance): Promise<void> {
  await change(tx, tenant, subscription.instanceId, lifeColumns(subscription));
}

export async function updateRenewal(
  tx: AppTransaction,
  tenant: bigint,
  instanceId: string,
  renewal: Renewal,
): Promise<void> {
  await change(tx, tenant, instanceId, renewalColumns(renewal));
}

export async function insertGrants(
  tx: AppTransaction,
  tenant: bigint,
  { instanceId, orderId, grants }: { instanceId: string; orderId: string; grants: readonly Grant[] },
): Promise<void> {
  await tx
    .withTables<SubscriptionTables>()
    .insertInto('subscription_grants')
    .values(
      grants.map(({ quantity, anchor, from, until }) => ({
        tenant_id: tenant,
        instance_id: instanceId,
        order_id: orderId,
        quantity,
        anchor,
        starts_at: from,
        ends_at: until,
      })),
    )
    .execute();
}

async function change(
  tx: AppTransaction,
  tenant: bigint,
  instanceId: string,
  columns: Partial<SubscriptionTables['subscriptions']>,
): Promise<void> {
  await tx
    .withTables<SubscriptionTables>()
    .updateTable('subscriptions')
    .set(columns)
    .where('tenant_id', '=', tenant)
    .where('instance_id', '=', instanceId)
    .execute();
}

function lifeColumns({ state, endsAt, settledAt }: Pick<Subscription, 'state' | 'endsAt' | 'settledAt'>) {
  return { state, ends_at: endsAt, settled_at: settledAt };
}

function renewalColumns({ flag, chosen, period, unit }: Renewal) {
  return { renew_flag: flag, renew_flag_chosen: chosen, renew_period: period ?? null, renew_period_unit: unit };
}

function toInstance(row: SubscriptionTables['subscriptions']): Instance {
  return {
    instanceId: row.instance_id,
    product: row.product,
    productCode: row.product_code,
    subProductCode: row.sub_product_code,
    regionCode: row.region_code,
    zoneCode: row.zone_code,
    state: row.state,
    startedAt: row.started_at,
    anchor: row.anchor,
    endsAt: row.ends_at,
    isolationHours: row.isolation_hours,
    destructionHours: row.destruction_hours,
    reminderDays: row.reminder_days,
    settledAt: row.settled_at,
    renewal: {
      flag: row.renew_flag,
      chosen: row.renew_flag_chosen,
      period: row.renew_period ?? undefined,
      unit: row.renew_period_unit,
    },
    protection: row.protection === null ? undefined : protectionColumn.parse(row.protection),
  };
}

function toGrant(
  row: Pick<
    { id: bigint; quantity: bigint; anchor: Temporal.Instant; starts_at: Temporal.Instant; ends_at: Temporal.Instant },
    'id' | 'quantity' | 'anchor' | 'starts_at' | 'ends_at'
  >,
): KeptGrant {
  return { id: row.id, quantity: row.quantity, anchor: row.anchor, from: row.starts_at, until: row.ends_at };
}
