/** Vouchers: what was granted, what is left on it, and which may pay for an order. */
import type { Product } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { readBalances } from './ledger.ts';
import type { SpendableVoucher } from './payment-plan.ts';

type VoucherTables = {
  vouchers: {
    tenant_id: bigint;
    voucher_id: string;
    nominal_cents: bigint;
    products: Product[];
    begins_at: Temporal.Instant;
    ends_at: Temporal.Instant;
    granted_at: Temporal.Instant;
  };
};

export interface Voucher {
  readonly id: string;
  readonly nominalCents: bigint;
  /** Empty: it pays for every product. */
  readonly products: readonly Product[];
  readonly beginsAt: Temporal.Instant;
  /** The first instant at which it pays no more. */
  readonly endsAt: Temporal.Instant;
  readonly grantedAt: Temporal.Instant;
}

export interface HeldVoucher extends Voucher {
  readonly leftCents: bigint;
}

/** In the words of the contract. A voucher that is used in part is `unUsed` until nothing is left on it. */
export type VoucherState = 'unUsed' | 'used' | 'overdue';

export function voucherState(voucher: HeldVoucher, now: Temporal.Instant): VoucherState {
  if (voucher.leftCents === 0n) return 'used';
  return Temporal.Instant.compare(now, voucher.endsAt) < 0 ? 'unUsed' : 'overdue';
}

/** Whether it pays for this product now. */
export function pays(voucher: HeldVoucher, product: Product, now: Temporal.Instant): boolean {
  return (
    voucherState(voucher, now) === 'unUsed' &&
    Temporal.Instant.compare(now, voucher.beginsAt) >= 0 &&
    (voucher.products.length === 0 || voucher.products.includes(product))
  );
}

/** How a buyer wants vouchers used. */
export interface VoucherChoice {
  /** Those named, in this order. */
  ids?: readonly string[];
  /** All that may pay, those that end soonest first. */
  auto?: boolean;
}

/** The vouchers that pay for an order. Throws `FailedOperation.InvalidVoucher` for a named one that cannot. */
export async function spendableVouchers(
  tx: AppTransaction,
  tenant: bigint,
  { ids = [], auto = false }: VoucherChoice,
  product: Product,
  now: Temporal.Instant,
): Promise<SpendableVoucher[]> {
  if (ids.length === 0 && !auto) return [];
  const usable = (await listVouchers(tx, tenant)).filter((voucher) => pays(voucher, product, now));
  const toSpendable = ({ id, leftCents }: HeldVoucher) => ({ id, cents: leftCents });
  const named = [...new Set(ids)].map((id) => {
    const voucher = usable.find((other) => other.id === id);
    if (voucher) return voucher;
    throw new ActionError('FailedOperation.InvalidVoucher', `the voucher ${id} cannot pay for this order now`);
  });
  if (!auto) return named.map(toSpendable);
  const others = usable.filter(({ id }) => !ids.includes(id));
  return [...named, ...others.toSorted((a, b) => Temporal.Instant.compare(a.endsAt, b.endsAt))].map(toSpendable);
}

/** Those of the named vouchers that have something left. */
export async function withSomethingLeft(tx: AppTransaction, tenant: bigint, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const balance = await readBalances(tx, tenant);
  return ids.filter((id) => balance(`voucher/${id}`) > 0n);
}

/** All vouchers of a tenant, oldest first. */
export async function listVouchers(tx: AppTransaction, tenant: bigint): Promise<HeldVoucher[]> {
  const rows = await tx
    .withTables<VoucherTables>()
    .selectFrom('vouchers')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .orderBy('granted_at')
    .orderBy('voucher_id')
    .execute();
  const balance = await readBalances(tx, tenant);
  return rows.map((row) => ({
    id: row.voucher_id,
    nominalCents: row.nominal_cents,
    products: row.products,
    beginsAt: row.begins_at,
    endsAt: row.ends_at,
    grantedAt: row.granted_at,
    leftCents: balance(`voucher/${row.voucher_id}`),
  }));
}

export async function insertVoucher(tx: AppTransaction, tenant: bigint, voucher: Voucher): Promise<void> {
  await tx
    .withTables<VoucherTables>()
    .insertInto('vouchers')
    .values({
      tenant_id: tenant,
      voucher_id: voucher.id,
      nominal_cents: voucher.nominalCents,
      products: [...voucher.products],
      begins_at: voucher.beginsAt,
      ends_at: voucher.endsAt,
      granted_at: voucher.grantedAt,
    })
    .execute();
}
