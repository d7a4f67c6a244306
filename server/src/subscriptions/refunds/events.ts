/** What happens to refunds, and what they ask of the domains above. */
import { z } from 'zod';
import { products } from '../../catalog/index.ts';
import { defineEvent } from '../../platform/events/index.ts';

const refund = { orderId: z.string(), instanceId: z.string(), product: z.enum(products) };
const cents = z.string().regex(/^\d+$/);

/** A refund waits for the operator. `cents`: what would go into the wallet. */
export const refundRequested = defineEvent('subscriptions.refund-requested', z.object({ ...refund, cents }));

/** Money went back; what it was paid for is in force no more. `whole`: the instance has ended. */
export const refunded = defineEvent('subscriptions.refunded', z.object({ ...refund, cents, whole: z.boolean() }));

/** The operator has refused it. */
export const refundRejected = defineEvent('subscriptions.refund-rejected', z.object({ ...refund, note: z.string() }));

/** A refund of scans is computed: who counts them tells now, by `recordPackUse`, what the packs have given. */
export const packUsesAsked = defineEvent('subscriptions.pack-uses-asked', z.object({ at: z.string() }));
