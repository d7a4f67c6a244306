import { z } from 'zod';
import { operatorAction } from '../action.ts';
import { ActionError } from '../errors.ts';
import { advanceTestClock } from '../timers/index.ts';

/** Years have four digits: on the wire, in the database and in every program that reads them. */
const lastInstant = Temporal.Instant.from('9999-12-30T00:00:00Z');

const instantField = z.string().transform((value, context) => {
  try {
    const instant = Temporal.Instant.from(value);
    if (Temporal.Instant.compare(instant, lastInstant) <= 0) return instant;
  } catch {
    // told below
  }
  context.addIssue('must be an instant such as 2026-03-08T00:00:00+08:00, before the year 10000');
  return z.NEVER;
});

const durationField = z.string().transform((value, context) => {
  try {
    const duration = Temporal.Duration.from(value);
    if (duration.sign >= 0 && duration.years === 0 && duration.months === 0 && duration.weeks === 0) {
      // A day is 24 hours here; calendar months have no length of their own.
      return Temporal.Duration.from({ milliseconds: duration.total({ unit: 'milliseconds' }) });
    }
  } catch {
    // told below
  }
  context.addIssue('must be a duration such as P7D or PT3600S, not negative, in days or smaller units');
  return z.NEVER;
});

/** Moves the test clock; what falls due on the way happens at its own instant, in order, before this answers. */
export const advanceTestClockAction = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'AdvanceTestClock',
  summary: 'Moves the test clock forwards and lets everything happen that falls due on the way.',
  request: z.strictObject({ To: instantField.optional(), Duration: durationField.optional() }),
  response: z.object({ Now: z.string(), Fired: z.int() }),
  ownTransactions: true,
  async handle({ request, platform }) {
    if (platform.clock.mode !== 'test') {
      throw new ActionError(
        'OperationDenied.NoTestClock',
        'this service lives in real time; start a new WHARFINGER_HOME with WHARFINGER_TEST_CLOCK to have a clock that moves',
      );
    }
    if ((request.To === undefined) === (request.Duration === undefined)) {
      throw new ActionError('InvalidParameter', 'give either To or Duration');
    }
    const { now, fired } = await advanceTestClock(platform, (from) => target(from, request.To, request.Duration));
    return { Now: now.toString(), Fired: fired };
  },
});

/** Whole seconds, as the clock has them. Computed where the clock is held, so that two moves at once add up. */
function target(from: Temporal.Instant, to?: Temporal.Instant, by?: Temporal.Duration): Temporal.Instant {
  if (to) return to.round({ smallestUnit: 'second', roundingMode: 'floor' });
  const seconds = Math.floor(by?.total({ unit: 'seconds' }) ?? 0);
  if (seconds > lastInstant.since(from).total({ unit: 'seconds' })) {
    throw new ActionError('InvalidParameter', 'the clock ends before the year 10000');
  }
  return from.add({ seconds });
}
