/**
 * The life of what was bought, of all three products: one state machine of (life, event, now), without I/O or clock.
 * Source: product rules, 6.
 *
 * E is the end. Before it: active. [E, E + isolation): isolated, can be renewed. Then until E + destruction:
 * stopped, can no longer be renewed. From there on: destroyed, for ever.
 */
import type { Product } from '../catalog/index.ts';
import { dailyNotices } from './notice-days.ts';

export type LifeState = 'active' | 'isolated' | 'stopped' | 'destroyed';

export interface Life {
  readonly product: Product;
  readonly state: LifeState;
  /** E: the first instant that is not paid for. */
  readonly endsAt: Temporal.Instant;
  /** From the end on until it stops, and until it is destroyed; and how many days before the end reminders begin. */
  readonly isolationHours: number;
  readonly destructionHours: number;
  readonly reminderDays: number;
  /** Everything due up to and at this instant has happened. */
  readonly settledAt: Temporal.Instant;
}

/** What comes over a life: time alone, or a command that was paid for or granted. */
export type LifeEvent =
  | { kind: 'time' }
  | {
      kind: 'renew';
      until: Temporal.Instant;
      /** Made in the turn of the old end: what would fall on it and after it does not happen. */
      inTurn?: boolean;
    }
  | { kind: 'widen' }
  /** A full refund, or the end of the professional edition that image scan stands on. */
  | { kind: 'end' };

/** What has happened, each at its own instant, whenever it was noticed. */
export interface Happening {
  readonly kind: 'reminder-due' | 'isolated' | 'isolation-notice-due' | 'stopped' | 'destroyed' | 'renewed' | 'widened';
  readonly at: Temporal.Instant;
}

/** Why a command is refused. */
export type Refusal = 'not-renewable' | 'not-in-force' | 'destroyed' | 'end-not-later';

export type Outcome = { life: Life; happened: Happening[]; refusal?: undefined } | { refusal: Refusal };

/** A life that begins now. Throws RangeError for an end that is not later. */
export function beginLife(life: Omit<Life, 'state' | 'settledAt'>, now: Temporal.Instant): Life {
  if (Temporal.Instant.compare(life.endsAt, now) <= 0) throw new RangeError('a subscription ends after it begins');
  return { ...life, state: 'active', settledAt: now };
}

/** The state that a life has at `now` (not before it was settled last). */
export function stateAt(life: Life, now: Temporal.Instant): LifeState {
  if (life.state === 'destroyed') return 'destroyed';
  const { isolated, stopped, destroyed } = boundaries(life);
  if (Temporal.Instant.compare(now, isolated) < 0) return 'active';
  if (Temporal.Instant.compare(now, stopped) < 0) return 'isolated';
  return Temporal.Instant.compare(now, destroyed) < 0 ? 'stopped' : 'destroyed';
}

/** The first instants of the states that follow the end. */
export function boundaries(life: Pick<Life, 'endsAt' | 'isolationHours' | 'destructionHours'>): {
  isolated: Temporal.Instant;
  stopped: Temporal.Instant;
  destroyed: Temporal.Instant;
} {
  const { endsAt, isolationHours, destructionHours } = life;
  return {
    isolated: endsAt,
    stopped: endsAt.add({ hours: isolationHours }),
    destroyed: endsAt.add({ hours: destructionHours }),
  };
}

/**
 * What a life becomes by an event at `now`: first all that fell due until then, then the event itself. A refused command
 * changes nothing. Throws RangeError for a clock that goes backwards.
 */
export function step(life: Life, event: LifeEvent, now: Temporal.Instant): Outcome {
  const { life: settled, happened } = passTime(life, now);
  if (event.kind === 'renew' && event.inTurn) {
    const before = happened.filter(({ at }) => Temporal.Instant.compare(at, life.endsAt) < 0);
    return renew(settled, before, event.until, now);
  }
  if (event.kind === 'time') return { life: settled, happened };
  if (settled.state === 'destroyed') return { refusal: 'destroyed' };
  const withHappening = (kind: Happening['kind']) => [...happened, { kind, at: now }];
  if (event.kind === 'end') {
    return { life: { ...settled, state: 'destroyed' }, happened: withHappening('destroyed') };
  }
  if (event.kind === 'widen') {
    if (settled.state !== 'active') return { refusal: 'not-in-force' };
    return { life: settled, happened: withHappening('widened') };
  }
  return renew(settled, happened, event.until, now);
}

function renew(settled: Life, happened: Happening[], until: Temporal.Instant, now: Temporal.Instant): Outcome {
  if (settled.state === 'destroyed') return { refusal: 'destroyed' };
  if (settled.state === 'stopped') return { refusal: 'not-renewable' };
  if (Temporal.Instant.compare(until, settled.endsAt) <= 0 || Temporal.Instant.compare(until, now) <= 0) {
    return { refusal: 'end-not-later' };
  }
  return {
    life: { ...settled, endsAt: until, state: 'active' },
    happened: [...happened, { kind: 'renewed', at: now }],
  };
}

/** All that falls due by time alone until and at `now`, in order. */
export function passTime(life: Life, now: Temporal.Instant): { life: Life; happened: Happening[] } {
  if (Temporal.Instant.compare(now, life.settledAt) < 0) throw new RangeError('time does not go backwards');
  const happened = stillToCome(life).filter(({ at }) => Temporal.Instant.compare(at, now) <= 0);
  return { life: { ...life, state: stateAt(life, now), settledAt: now }, happened };
}

/** The next thing that time alone brings; undefined for a life that is over. */
export function nextHappening(life: Life): Happening | undefined {
  return stillToCome(life)[0];
}

function stillToCome(life: Life): Happening[] {
  if (life.state === 'destroyed') return [];
  const { isolated, stopped, destroyed } = boundaries(life);
  const due: Happening[] = [
    { kind: 'isolated', at: isolated },
    { kind: 'stopped', at: stopped },
    { kind: 'destroyed', at: destroyed },
    ...dailyNotices(isolated.subtract({ hours: life.reminderDays * 24 }), isolated).map((at) => ({
      kind: 'reminder-due' as const,
      at,
    })),
    // At the end itself the isolation is told of.
    ...dailyNotices(isolated.add({ seconds: 1 }), destroyed).map((at) => ({
      kind: 'isolation-notice-due' as const,
      at,
    })),
  ];
  // The sort is stable: where a notice falls on the instant of a change, the change comes first.
  return due
    .filter(({ at }) => Temporal.Instant.compare(at, life.settledAt) > 0)
    .toSorted((one, other) => Temporal.Instant.compare(one.at, other.at));
}
