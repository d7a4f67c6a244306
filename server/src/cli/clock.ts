/** `wharfinger clock advance`: moves the test clock, letting everything that falls due on the way happen. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError, writeResult, type Command } from './command.ts';
import { callOperatorAction } from './operator.ts';

const movedClock = z.object({ Now: z.string(), Fired: z.int() });

export const clock: Command = {
  usage: `usage: wharfinger clock advance (--to INSTANT | --by DURATION) [--json]
       INSTANT such as 2026-03-08T00:00:00+08:00, DURATION such as P7D or PT3600S
       Only where the service was first started with WHARFINGER_TEST_CLOCK.`,
  async run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb !== 'advance') throw new UsageError(verb ? `there is no "clock ${verb}"` : 'say "advance"');
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args: rest,
      options: { to: text, by: text, json: { type: 'boolean', default: false } },
    });
    if ((values.to === undefined) === (values.by === undefined)) throw new UsageError('give either --to or --by');
    const request = values.to === undefined ? { Duration: values.by } : { To: values.to };
    const moved = movedClock.parse(await callOperatorAction(io, 'AdvanceTestClock', request));
    writeResult(io, values.json, { now: moved.Now, fired: moved.Fired }, [
      `the clock stands at ${moved.Now}; timers fired: ${moved.Fired}`,
    ]);
    return 0;
  },
};
