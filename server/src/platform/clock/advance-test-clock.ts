import { z } from 'zod';
import { operatorAction } from '../action.ts';
import { ActionError } from '../errors.ts';
import { advanceTestClock } from '../timers/index.ts';

const instantField = z.string().transform((value, context) => {
  try {
    return Temporal.Instant.from(value);
  } catch {
    context.addIssue('must be an instant such as 2026-03-08T00:00:00+08:00');
    return z.NEVER;
  }
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
  async handle({ request, platform, now }) {
    if (platform.clock.mode !== 'test') {
      throw new ActionError(
        'OperationDenied.NoTestClock',
        'this service lives in real time; start a new WHARFINGER_HOME with WHARFINGER_TEST_CLOCK to have a clock that moves',
      );
    }
    if ((request.To === undefined) === (request.Duration === undefined)) {
      throw new ActionError('InvalidParameter', 'give either To or Duration');
    }
    const wanted = request.To ?? now.add(request.Duration ?? { seconds: 0 });
    const to = wanted.round({ smallestUnit: 'second', roundingMode: 'floor' });
    if (Temporal.Instant.compare(to, now) < 0) {
      throw new ActionError(
        'FailedOperation.ClockBackwards',
        `the clock stands at ${now.toString()}; it moves forwards only`,
      );
    }
    const { fired } = await advanceTestClock(platform, to);
    return { Now: to.toString(), Fired: fired };
  },
});
