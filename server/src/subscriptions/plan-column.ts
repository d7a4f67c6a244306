/** Plans as a `jsonb` column keeps them, and SQL of the table that holds them from the order to its payment. */
import { z } from 'zod';
import { products } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import type { Plan } from './plan.ts';
import { renewFlags } from './subscription.ts';

type PlanTables = { planned_deliveries: { tenant_id: bigint; order_id: string; plan: unknown } };

const instant = z.string().transform((text) => Temporal.Instant.from(text));
const whole = z.string().regex(/^\d+$/).transform(BigInt);
const parts = {
  product: z.enum(products),
  instanceId: z.string(),
  grants: z.array(z.strictObject({ quantity: whole, anchor: instant, from: instant, until: instant })),
};

const planColumn = z.discriminatedUnion('kind', [
  z.strictObject({
    ...parts,
    kind: z.literal('new'),
    months: z.int().optional(),
    productCode: z.string(),
    subProductCode: z.string(),
    regionCode: z.string(),
    zoneCode: z.string(),
    isolationHours: z.int(),
    destructionHours: z.int(),
    reminderDays: z.int(),
    renewal: z.strictObject({
      flag: z.enum(renewFlags),
      chosen: z.boolean(),
      period: z.int().optional(),
      unit: z.enum(['m', 'y']),
    }),
    protection: z
      .strictObject({
        scope: z.enum(['all', 'chosen', 'custom']),
        autoProtectNew: z.boolean(),
        assets: z.array(z.string()),
        elasticCap: z.int(),
      })
      .optional(),
  }),
  z.strictObject({ ...parts, kind: z.literal('widen') }),
  z.strictObject({ ...parts, kind: z.literal('renew'), oldEnd: instant, automatic: z.boolean(), inTurn: z.boolean() }),
]);

/** Instants and whole numbers as text. */
export function writePlan(plan: Plan): string {
  return JSON.stringify(plan, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

export function readPlan(column: unknown): Plan {
  return planColumn.parse(column);
}

export async function insertPlannedDelivery(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
  plan: Plan,
): Promise<void> {
  await tx
    .withTables<PlanTables>()
    .insertInto('planned_deliveries')
    .values({ tenant_id: tenant, order_id: orderId, plan: writePlan(plan) })
    .execute();
}

/** What an order delivers; undefined for one that delivers nothing of ours. */
export async function readPlannedDelivery(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
): Promise<Plan | undefined> {
  const row = await tx
    .withTables<PlanTables>()
    .selectFrom('planned_deliveries')
    .select('plan')
    .where('tenant_id', '=', tenant)
    .where('order_id', '=', orderId)
    .executeTakeFirst();
  return row && readPlan(row.plan);
}
