/**
 * Events: how a domain tells those above it what happened. An event is written in the transaction in which it happened,
 * and its subscribers run in that same transaction, in the order of the one list in `service/subscribers.ts`.
 * What can wait or talk to the outside is enqueued as a job by its subscriber.
 */
import { sql } from 'kysely';
import type { z } from 'zod';
import { asTenant, type AppTransaction, type SystemTransaction } from '../database/index.ts';

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
  await announceTo(installed(), occasion, event, payload);
}

/** What happened to one of the tenants of a batch. */
export interface Happening<Payload> {
  readonly tenant: bigint;
  readonly payload: Payload;
}

/** As {@link announce}, of many tenants at once: one statement for all, and each subscriber in the place of its tenant. */
export async function announceAll<Payload>(
  tx: SystemTransaction,
  event: EventType<Payload>,
  happenings: readonly Happening<Payload>[],
  now: Temporal.Instant,
): Promise<void> {
  await announceAllTo(installed(), tx, event, happenings, now);
}

function installed(): readonly Subscriber[] {
  if (subscribers) return subscribers;
  throw new Error('events need the list of subscribers: call installSubscribers() at start');
}

/** As {@link announce}, to a list that is given. */
export async function announceTo<Payload>(
  list: readonly Subscriber[],
  occasion: Occasion,
  event: EventType<Payload>,
  payload: Payload,
): Promise<void> {
  await keep(occasion.tx, event, [{ tenant: occasion.tenant, payload }], occasion.now);
  for (const { handle } of hearersOf(list, event)) await handle(occasion, payload);
}

/** As {@link announceAll}, to a list that is given. */
export async function announceAllTo<Payload>(
  list: readonly Subscriber[],
  tx: SystemTransaction,
  event: EventType<Payload>,
  happenings: readonly Happening<Payload>[],
  now: Temporal.Instant,
): Promise<void> {
  await keep(tx, event, happenings, now);
  const hearers = hearersOf(list, event);
  if (hearers.length === 0) return;
  for (const { tenant, payload } of happenings) {
    await asTenant(tx, tenant, async (ofTenant) => {
      for (const { handle } of hearers) await handle({ tx: ofTenant, tenant, now }, payload);
    });
  }
}

function hearersOf<Payload>(list: readonly Subscriber[], event: EventType<Payload>): Subscriber[] {
  return list.filter((one) => one.event.type === event.type);
}

async function keep<Payload>(
  tx: AppTransaction | SystemTransaction,
  event: EventType<Payload>,
  happenings: readonly Happening<Payload>[],
  now: Temporal.Instant,
): Promise<void> {
  if (happenings.length === 0) return;
  const payloads = happenings.map(({ payload }) => JSON.stringify(event.payload.parse(payload)));
  await sql`
    insert into events (tenant_id, type, happened_at, payload)
    select tenant_id, ${event.type}, ${now}, payload
    from unnest(${happenings.map(({ tenant }) => tenant)}::bigint[], ${payloads}::jsonb[]) as kept(tenant_id, payload)`.execute(
    tx,
  );
}
