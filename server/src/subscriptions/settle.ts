/** Brings what was bought to where it stands: keeps lives, tells what happened in them, and sets the next deadline. */
import { announce, type EventType } from '../platform/events/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import type { Job } from '../platform/jobs/index.ts';
import { clearTimer, setTimer } from '../platform/timers/index.ts';
import { destroyed, isolated, isolationNoticeDue, reminderDue, stopped } from './events.ts';
import { nextHappening, step, type Happening, type Life, type LifeEvent } from './lifecycle.ts';
import { later } from './plan.ts';
import type { Instance } from './subscription.ts';
import { updateLife } from './subscription-store.ts';

interface Subject {
  instanceId: string;
  product: Instance['product'];
  endsAt: string;
}

/** What time alone brings, and the end of an instance. Renewals and more of it are told by who delivers them. */
const eventsOf: Partial<Record<Happening['kind'], EventType<Subject>>> = {
  'reminder-due': reminderDue,
  isolated,
  'isolation-notice-due': isolationNoticeDue,
  stopped,
  destroyed,
};

const timerKey = 'subscriptions/next';

/**
 * Applies an event to a life that may have it, keeps it, and tells what fell due until then. A refusal here is a fault of
 * ours: who asks has checked before.
 */
export async function settleLife(
  tx: AppTransaction,
  tenant: bigint,
  subscription: Instance,
  event: LifeEvent,
  now: Temporal.Instant,
): Promise<Life> {
  // The clocks of two machines differ a little: what comes after another happening is not before it.
  const outcome = step(subscription, event, later(now, subscription.settledAt));
  if (outcome.refusal !== undefined) throw new Error(`${subscription.instanceId}: ${event.kind} is ${outcome.refusal}`);
  await updateLife(tx, tenant, { ...subscription, ...outcome.life });
  for (const { kind, at } of outcome.happened) {
    const { instanceId, product, endsAt } = subscription;
    const type = eventsOf[kind];
    if (type) await announce({ tx, tenant, now: at }, type, { instanceId, product, endsAt: endsAt.toString() });
  }
  return outcome.life;
}

/** Sets the one timer of a tenant's subscriptions to what comes next in any of them; `job` then lets time pass. */
export async function setNextTimer(
  tx: AppTransaction,
  tenant: bigint,
  subscriptions: readonly Life[],
  job: Job<Record<string, never>>,
): Promise<void> {
  const dues = subscriptions.map((life) => nextHappening(life)?.at).filter((at) => at !== undefined);
  const [dueAt] = dues.toSorted((one, other) => Temporal.Instant.compare(one, other));
  if (!dueAt) return clearTimer(tx, tenant, timerKey);
  await setTimer(tx, tenant, { key: timerKey, dueAt, job, data: {} });
}
