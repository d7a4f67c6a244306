/** `wharfinger samples put`: counted cores by hand, under a test clock. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError, writeResult, type Command } from './command.ts';
import { callOperatorAction } from './operator.ts';

const putCores = z.object({ Uin: z.string(), Cores: z.int(), From: z.string() });

export const samples: Command = {
  usage: `usage: wharfinger samples put --account ID --cores N [--json]
       From the next full hour on the account's counted cores are N.
       Only where the service was first started with WHARFINGER_TEST_CLOCK.`,
  async run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb !== 'put') throw new UsageError(verb ? `there is no "samples ${verb}"` : 'say "put"');
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args: rest,
      options: { account: text, cores: text, json: { type: 'boolean', default: false } },
    });
    if (!values.account) throw new UsageError('--account is missing: the 12-digit id that "account create" printed');
    if (!values.cores || !/^\d{1,10}$/.test(values.cores)) throw new UsageError('--cores is a whole number');
    const request = { Uin: values.account, Cores: Number(values.cores) };
    const put = putCores.parse(await callOperatorAction(io, 'PutSamples', request));
    writeResult(io, values.json, { accountId: put.Uin, cores: put.Cores, from: put.From }, [
      `account ${put.Uin} has ${put.Cores} counted cores from ${put.From} on`,
    ]);
    return 0;
  },
};
