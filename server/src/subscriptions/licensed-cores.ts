/** Licensed cores of all tenants at once, for batches. Agrees with `quantityInForce` and `stateAt`, row for row. */
import { sql, type RawBuilder } from 'kysely';

/**
 * A relation of `tenant_id`, `instance_id`, `licensed` cores and elastic `cap`: every tenant whose professional edition
 * works at an instant (it does while isolated), without those whose trial still runs, in which nothing is elastic.
 * Source: product rules, 2, 3.2 and 6.
 */
export function licensedCoresAt(at: Temporal.Instant): RawBuilder<unknown> {
  return sql`(
    select s.tenant_id, s.instance_id, (s.protection ->> 'elasticCap')::bigint as cap, (
      select coalesce(sum(g.quantity), 0)::bigint from subscription_grants g
      where g.tenant_id = s.tenant_id and g.instance_id = s.instance_id and g.refunded_at is null and case
        when s.ends_at <= ${at} then g.ends_at = s.ends_at
        else g.starts_at <= ${at} and g.ends_at > ${at} end
    ) as licensed
    from subscriptions s
    where s.product = 'professional' and s.state <> 'destroyed' and s.started_at <= ${at}
      and s.ends_at + s.isolation_hours * interval '1 hour' > ${at}
      and not exists (
        select from trials t where t.tenant_id = s.tenant_id and t.started_at <= ${at} and t.ends_at > ${at})
  )`;
}
