/** What goes of the usage data: the quota's uses and the counted cores. What was charged stays with its bills. */
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import { deleteSome } from '../platform/database/delete-some.ts';
import type { DeletionHook } from '../subscriptions/index.ts';

export const deleteUsage: DeletionHook = {
  domain: 'metering',
  of: ['image-scan', 'professional', 'trial'],
  async deletePiece({ tx, tenant, ended, limit }) {
    if (ended === 'image-scan') return deletePacks(tx, tenant, limit);
    const uses = await deleteSome(tx, 'quota_uses', tenant, limit);
    const periods = uses < limit ? await deleteSome(tx, 'quota_periods', tenant, limit) : 0;
    return {
      'quota-uses': uses,
      'quota-periods': periods,
      'counted-cores': await deleteSome(tx, 'counted_cores', tenant, limit),
    };
  },
};

/** What the trial has given stays as long as the edition that was bought after it. */
async function deletePacks(tx: AppTransaction, tenant: bigint, limit: number) {
  const { numAffectedRows: uses = 0n } = await sql`
    delete from quota_uses where ctid = any(array(
      select u.ctid from quota_uses u join quota_periods p on p.tenant_id = u.tenant_id and p.id = u.period_id
      where u.tenant_id = ${tenant} and p.source <> 'trial' limit ${limit} for update of u))`.execute(tx);
  if (Number(uses) >= limit) return { 'quota-uses': Number(uses), 'quota-periods': 0 };
  const { numAffectedRows: periods = 0n } = await sql`
    delete from quota_periods where tenant_id = ${tenant} and source <> 'trial'`.execute(tx);
  return { 'quota-uses': Number(uses), 'quota-periods': Number(periods) };
}
