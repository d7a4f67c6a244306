/** SQL of the money that was asked for at a payment provider. */
import type { Generated, Selectable } from 'kysely';
import { z } from 'zod';
import type { AppTransaction } from '../../platform/database/index.ts';

/** `mismatch`: another amount or currency was paid than was asked for; nothing was credited, the operator looks into it. */
export const topUpStatuses = ['open', 'paid', 'ended', 'mismatch'] as const;
export type TopUpStatus = (typeof topUpStatuses)[number];

export interface ProviderTopUp {
  readonly topUpId: string;
  readonly provider: string;
  /** Known once the provider has answered. */
  readonly reference: string | undefined;
  readonly url: string | undefined;
  readonly cents: bigint;
  readonly status: TopUpStatus;
  readonly createdAt: Temporal.Instant;
}

type TopUpTables = {
  top_ups: {
    tenant_id: bigint;
    top_up_id: string;
    place: Generated<bigint>;
    provider: string;
    reference: Generated<string | null>;
    url: Generated<string | null>;
    cents: bigint;
    idempotency_key: string;
    status: string;
    created_at: Temporal.Instant;
    decided_at: Generated<Temporal.Instant | null>;
  };
};

function topUps(tx: AppTransaction, tenant: bigint) {
  return tx.withTables<TopUpTables>().selectFrom('top_ups').where('tenant_id', '=', tenant);
}

export async function insertTopUp(
  tx: AppTransaction,
  tenant: bigint,
  topUp: { topUpId: string; provider: string; cents: bigint; idempotencyKey: string; createdAt: Temporal.Instant },
): Promise<ProviderTopUp> {
  const row = await tx
    .withTables<TopUpTables>()
    .insertInto('top_ups')
    .values({
      tenant_id: tenant,
      top_up_id: topUp.topUpId,
      provider: topUp.provider,
      cents: topUp.cents,
      idempotency_key: topUp.idempotencyKey,
      status: 'open',
      created_at: topUp.createdAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toTopUp(row);
}

export async function findTopUp(
  tx: AppTransaction,
  tenant: bigint,
  by: { topUpId: string } | { idempotencyKey: string },
): Promise<ProviderTopUp | undefined> {
  const query = topUps(tx, tenant).selectAll();
  const row = await ('topUpId' in by
    ? query.where('top_up_id', '=', by.topUpId)
    : query.where('idempotency_key', '=', by.idempotencyKey)
  ).executeTakeFirst();
  return row && toTopUp(row);
}

/** Newest first, a page of them, and how many there are. */
export async function listTopUps(
  tx: AppTransaction,
  tenant: bigint,
  page: { offset: number; limit: number },
): Promise<{ topUps: ProviderTopUp[]; total: number }> {
  const { total } = await topUps(tx, tenant)
    .select((row) => row.fn.countAll<bigint>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await topUps(tx, tenant)
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('place', 'desc')
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  return { topUps: rows.map(toTopUp), total: Number(total) };
}

export async function countOpen(tx: AppTransaction, tenant: bigint): Promise<number> {
  const { open } = await topUps(tx, tenant)
    .where('status', '=', 'open')
    .select((row) => row.fn.countAll<bigint>().as('open'))
    .executeTakeFirstOrThrow();
  return Number(open);
}

/** Keeps where it is paid; the first answer stays. */
export async function setPage(
  tx: AppTransaction,
  tenant: bigint,
  topUpId: string,
  page: { reference: string; url: string },
): Promise<void> {
  await tx
    .withTables<TopUpTables>()
    .updateTable('top_ups')
    .set(page)
    .where('tenant_id', '=', tenant)
    .where('top_up_id', '=', topUpId)
    .where('reference', 'is', null)
    .execute();
}

export async function setStatus(
  tx: AppTransaction,
  tenant: bigint,
  topUpId: string,
  status: Exclude<TopUpStatus, 'open'>,
  now: Temporal.Instant,
): Promise<void> {
  await tx
    .withTables<TopUpTables>()
    .updateTable('top_ups')
    .set({ status, decided_at: now })
    .where('tenant_id', '=', tenant)
    .where('top_up_id', '=', topUpId)
    .execute();
}

const statusColumn = z.enum(topUpStatuses);

function toTopUp(row: Selectable<TopUpTables['top_ups']>): ProviderTopUp {
  return {
    topUpId: row.top_up_id,
    provider: row.provider,
    reference: row.reference ?? undefined,
    url: row.url ?? undefined,
    cents: row.cents,
    status: statusColumn.parse(row.status),
    createdAt: row.created_at,
  };
}
