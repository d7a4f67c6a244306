/** What happens to what a tenant has; each event happens at its exact instant, whenever that was noticed. */
import { z } from 'zod';
import { products } from '../catalog/index.ts';
import { defineEvent } from '../platform/events/index.ts';

/** A trial was opened. */
export const trialOpened = defineEvent('subscriptions.trial-opened', z.object({ endsAt: z.string() }));

/** The trial ends in a day or two and no professional edition goes on: time to tell people to export what they need. */
export const trialEndsSoon = defineEvent('subscriptions.trial-ends-soon', z.object({ endsAt: z.string() }));

/** The trial came to its end: its gifts are over, whatever was bought meanwhile. */
export const trialEnded = defineEvent('subscriptions.trial-ended', z.object({ endedAt: z.string() }));

/** A trial ended without a purchase some time ago: each domain deletes the data that came of it. */
export const trialDataExpired = defineEvent('subscriptions.trial-data-expired', z.object({ endedAt: z.string() }));

/** Of which subscription, and its end as it is afterwards. */
const subject = { instanceId: z.string(), product: z.enum(products), endsAt: z.string() };
/** Whole numbers as text: events are JSON. */
const quantity = z.string().regex(/^\d+$/);

/** A new subscription is in force. `quantity`: cores, scans a month or gigabytes. */
export const purchased = defineEvent(
  'subscriptions.purchased',
  z.object({ ...subject, orderId: z.string(), quantity }),
);

/** `quantity` more is in force. */
export const widened = defineEvent('subscriptions.widened', z.object({ ...subject, orderId: z.string(), quantity }));

/** A subscription goes on from its old end. */
export const renewed = defineEvent(
  'subscriptions.renewed',
  z.object({ ...subject, orderId: z.string(), oldEnd: z.string(), automatic: z.boolean() }),
);

/** An automatic renewal was due, and was not possible. `reason`: the code of the error. */
export const autoRenewFailed = defineEvent(
  'subscriptions.auto-renew-failed',
  z.object({ ...subject, reason: z.string() }),
);

/** The end comes nearer: time to tell people. */
export const reminderDue = defineEvent('subscriptions.reminder-due', z.object(subject));

/** It ended and can still be renewed. Image scan has stopped. */
export const isolated = defineEvent('subscriptions.isolated', z.object(subject));

/** It has ended and is not destroyed: time to tell people. */
export const isolationNoticeDue = defineEvent('subscriptions.isolation-notice-due', z.object(subject));

/** It can no longer be renewed, and works no more. */
export const stopped = defineEvent('subscriptions.stopped', z.object(subject));

/** It is gone for ever: each domain deletes what belonged to it. */
export const destroyed = defineEvent('subscriptions.destroyed', z.object(subject));

/** Whose data were deleted, by which deletion, and how many rows of all kinds. */
const deletedData = {
  deletion: z.string(),
  ended: z.enum([...products, 'trial']),
  instanceId: z.string(),
  deleted: quantity,
};

/** Everything that belonged to what had ended is deleted, but for what is kept for some time. */
export const dataDeleted = defineEvent('subscriptions.data-deleted', z.object(deletedData));

/** What was kept for some time after a destruction is deleted as well. */
export const keptDataDeleted = defineEvent('subscriptions.kept-data-deleted', z.object(deletedData));

/** An archive of everything is there to be fetched, until it expires. */
export const exportFinished = defineEvent(
  'subscriptions.export-finished',
  z.object({ export: z.string(), expiresAt: z.string() }),
);
