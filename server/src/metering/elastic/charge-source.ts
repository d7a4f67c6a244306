import { sql } from 'kysely';
import type { ChargeSource } from '../../billing/index.ts';

/** What was charged for elastic cores, as this domain has written it down: the close of a month holds bills against it. */
export const elasticCharges: ChargeSource = {
  chargesIn: ({ from, until }) => sql`
    select tenant_id, left(bill_id, -2) as order_id, cents from elastic_charges
    where charged_at >= ${from} and charged_at < ${until}`,
};
