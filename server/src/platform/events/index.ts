/**
 * Events: how a domain tells those above it what happened. An event is written in the transaction in which it happened,
 * and its subscribers run in that same transaction, in the order of the one list in `service/subscribers.ts`.
 * What can wait or talk to the outside is enqueued as a job by its subscriber.
 */
import type { z } from 'zod';
import type { AppTransaction } from '../database/index.ts';

export interface EventType<Payload> {
  readonly type: string;
  readonly payload: z.ZodType<Payload>;
}

/** What a subscriber gets beside the payload. */
export interface Occasion {
  readonly tx: AppTransaction;
  readonly tenant: bigint;
  /** Business time of what happened. */
  readonly now: Temporal.Instant;
}

export interface Subscriber {
  /** The domain, for errors and docs. */
  readonly domain: string;
  readonly event: EventType<unknown>;
  readonly handle: (occasion: Occasion, payload: unknown) => Promise<void>;
}

type EventTables = {
  events: { tenant_id: bigint; type: string; happened_at: Temporal.Instant; payload: string };
};

let subscribers: readonly Subscriber[] | undefined;

/** Declares an event; `type` is `<domain>.<what happened>`. Its payload is plain JSON. */
export function defineEvent<Payload>(type: string, payload: z.ZodType<Payload>): EventType<Payload> {
  return { type, payload };
}

/** Declares a subscriber of one event. */
export function subscriber<Payload>(
  domain: string,
  event: EventType<Payload>,
  handle: (occasion: Occasion, payload: Payload) => Promise<void>,
): Subscriber {
  return { domain, event, handle: (occasion, payload) => handle(occasion, event.payload.parse(payload)) };
}

/** Installs the process's one list of subscribers; a process has one. */
export function installSubscribers(list: readonly Subscriber[]): void {
  if (subscribers && subscribers !== list) throw new Error('the subscribers of this process are already installed');
  subscribers = list;
}

/** Keeps an event and runs its subscribers. What fails in a subscriber undoes the whole transaction. */
export async function announce<Payload>(
  occasion: Occasion,
  event: EventType<Payload>,
  payload: Payload,
): Promise<void> {
  if (!subscribers) throw new Error('events need the list of subscribers: call installSubscribers() at start');
  await announceTo(subscribers, occasion, event, payload);
}

/** As {@link announce}, to a list that is given. */
export async function announceTo<Payload>(
  list: readonly Subscriber[],
  occasion: Occasion,
  event: EventType<Payload>,
  payload: Payload,
): Promise<void> {
  await occasion.tx
    .withTables<EventTables>()
    .insertInto('events')
    .values({
      tenant_id: occasion.tenant,
      type: event.type,
      happened_at: occasion.now,
      payload: JSON.stringify(event.payload.parse(payload)),
    })
    .execute();
  for (const { event: wanted, handle } of list) {
    if (wanted.type === event.type) await handle(occasion, payload);
  }
}
