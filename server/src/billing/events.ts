import { z } from 'zod';
import { products } from '../catalog/index.ts';
import { defineEvent } from '../platform/events/index.ts';
import { dealActions } from './deal.ts';

/** Whole cents as text: events are JSON. */
const centsField = z.string().regex(/^-?\d+$/);

const dealPaidFields = z.object({
  orderId: z.string(),
  action: z.enum(dealActions),
  product: z.enum(products),
  instanceId: z.string(),
  realCents: centsField,
  paidAt: z.string(),
});

export type DealPaid = z.infer<typeof dealPaidFields>;

/**
 * An order was paid and is to be delivered, in this transaction: a subscriber that fails undoes the payment. The whole
 * order is `readDeal(tx, tenant, orderId)`.
 */
export const dealPaid = defineEvent('billing.deal-paid', dealPaidFields);

/** Money or credit came into the wallet; what waits for it may be tried again. */
export const credited = defineEvent(
  'billing.credited',
  z.object({ kind: z.enum(['cash', 'credit', 'voucher']), cents: centsField, at: z.string() }),
);

/** An order was not paid in its time. */
export const dealExpired = defineEvent(
  'billing.deal-expired',
  z.object({ orderId: z.string(), expiredAt: z.string() }),
);

/** Its buyer wanted an order no more before it was paid. */
export const dealCancelled = defineEvent(
  'billing.deal-cancelled',
  z.object({ orderId: z.string(), cancelledAt: z.string() }),
);

/** The balance fell below the threshold that the tenant has set. */
export const balanceLow = defineEvent(
  'billing.balance-low',
  z.object({ balanceCents: centsField, thresholdCents: centsField, at: z.string() }),
);
