import { z } from 'zod';
import { defineEvent } from '../../platform/events/index.ts';

/** From now on nothing is charged to the account, until it is unparked. */
export const billingParked = defineEvent(
  'billing.parked',
  z.object({ by: z.enum(['operator', 'guard']), reason: z.string(), at: z.string() }),
);

/** Charges are made again; what fell due meanwhile may be tried again. */
export const billingUnparked = defineEvent('billing.unparked', z.object({ parkedAt: z.string(), at: z.string() }));
