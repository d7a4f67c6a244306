/** `wharfinger audit …`: what operators have called, and whether the log of it is whole. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError, writeResult, type Command, type CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';

export const audit: Command = {
  usage: `usage: wharfinger audit list [--action NAME] [--operator KEY] [--before NUMBER] [--limit N] [--json]
       wharfinger audit verify [--head NUMBER:HASH] [--json]
       list shows the newest calls first; --operator is the id of an operator's key, or "socket".
       verify computes the chain of hashes again, exit status 1 where it is broken. It prints the head of the chain: note
       it outside the service. Given again as --head it also shows whether the log was cut off or made anew since.`,
  run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb === 'list') return list(rest, io);
    if (verb === 'verify') return verify(rest, io);
    throw new UsageError(verb ? `there is no "audit ${verb}"` : 'say "list" or "verify"');
  },
};

const json = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

const auditRow = z.object({
  Number: z.string(),
  Time: z.string(),
  MachineTime: z.string(),
  Operator: z.string(),
  Action: z.string(),
  RequestId: z.string(),
  Request: z.string(),
  Code: z.string(),
  PreviousHash: z.string(),
  Hash: z.string(),
});
const verification = z.object({
  Intact: z.boolean(),
  Entries: z.string(),
  HeadNumber: z.string(),
  HeadHash: z.string(),
  Problems: z.array(z.object({ Number: z.string(), Problem: z.string() })),
});

async function list(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { action: text, operator: text, before: text, limit: text, json },
  });
  const { action, operator, before, limit } = values;
  if (limit !== undefined && !/^\d{1,4}$/.test(limit)) throw new UsageError('--limit is a whole number, 1000 at most');
  const answer = await callOperatorAction(io, 'DescribeAuditLog', {
    ...(action !== undefined && { Action: action }),
    ...(operator !== undefined && { Operator: operator }),
    ...(before !== undefined && { Before: before }),
    ...(limit !== undefined && { Limit: Number(limit) }),
  });
  const result = z
    .object({ List: z.array(auditRow) })
    .parse(answer)
    .List.map((row) => ({
      number: row.Number,
      time: row.Time,
      machineTime: row.MachineTime,
      operator: row.Operator,
      action: row.Action,
      requestId: row.RequestId,
      request: row.Request,
      code: row.Code,
      previousHash: row.PreviousHash,
      hash: row.Hash,
    }));
  const lines = result.map((row) =>
    [row.number, row.machineTime, row.operator, row.action, row.code, row.request].join('  '),
  );
  writeResult(io, values.json, result, lines.length === 0 ? ['no operator has called yet'] : lines);
  return 0;
}

async function verify(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { head: text, json } });
  const answer = await callOperatorAction(io, 'VerifyAuditLog', values.head === undefined ? {} : readHead(values.head));
  const found = verification.parse(answer);
  const head = `${found.HeadNumber}:${found.HeadHash}`;
  const problems = found.Problems.map((each) => ({ number: each.Number, problem: each.Problem }));
  writeResult(io, values.json, { intact: found.Intact, entries: found.Entries, head, problems }, [
    ...problems.map(({ number, problem }) => `row ${number} ${problem}`),
    `${found.Entries} rows, ${found.Intact ? 'the chain is whole' : 'THE CHAIN IS BROKEN'}`,
    `head ${head}`,
  ]);
  return found.Intact ? 0 : 1;
}

function readHead(value: string): { Number: string; Hash: string } {
  const [, Number, Hash] = /^(\d{1,18}):([0-9a-f]{64})$/.exec(value) ?? [];
  if (Number === undefined || Hash === undefined) {
    throw new UsageError('--head is what "audit verify" printed: a number, a colon and a hash');
  }
  return { Number, Hash };
}
