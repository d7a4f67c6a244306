import { z } from 'zod';
import { job } from '../../platform/jobs/index.ts';
import { expireUnpaid } from '../move-deal.ts';

/** Ends an order that nobody has paid in its time. */
export const expireDeal = job({
  name: 'billing.expire-deal',
  data: z.object({ orderId: z.string() }),
  maxAttempts: 100,
  async run({ platform, tenant }, { orderId }) {
    await platform.database.inTenant(tenant, (tx) => expireUnpaid(tx, tenant, orderId));
  },
});
