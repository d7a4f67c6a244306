/** `wharfinger jobs …`: background jobs that have failed, through the operator's socket. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError, writeResult, type Command, type CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';

export const jobs: Command = {
  usage: `usage: wharfinger jobs failed [--account ID] [--json]
       wharfinger jobs rerun --id JOB [--json]
       failed shows those that are not tried again first; rerun lets one be tried at once, from its first attempt on.`,
  run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb === 'failed') return failed(rest, io);
    if (verb === 'rerun') return rerun(rest, io);
    throw new UsageError(verb ? `there is no "jobs ${verb}"` : 'say "failed" or "rerun"');
  },
};

const json = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

const failedJob = z.object({
  JobId: z.string(),
  Name: z.string(),
  Uin: z.string(),
  Key: z.string(),
  Attempts: z.int(),
  MaxAttempts: z.int(),
  Error: z.string(),
  NextAttempt: z.string(),
});

async function failed(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { account: text, json } });
  const answer = await callOperatorAction(io, 'DescribeFailedJobs', {
    Limit: 1000,
    ...(values.account !== undefined && { Uin: values.account }),
  });
  const { List, TotalCount } = z.object({ List: z.array(failedJob), TotalCount: z.int() }).parse(answer);
  const result = List.map((row) => ({
    id: row.JobId,
    job: row.Name,
    accountId: row.Uin,
    key: row.Key,
    attempts: row.Attempts,
    maxAttempts: row.MaxAttempts,
    error: row.Error,
    nextAttempt: row.NextAttempt,
  }));
  const lines = result.map((row) =>
    [
      row.id,
      row.accountId,
      `${row.job}/${row.key}`,
      `${row.attempts} of ${row.maxAttempts}`,
      row.nextAttempt ? `next ${row.nextAttempt}` : 'given up',
      row.error,
    ].join('  '),
  );
  if (TotalCount > List.length) lines.push(`and ${TotalCount - List.length} more`);
  writeResult(io, values.json, result, lines.length === 0 ? ['no job has failed'] : lines);
  return 0;
}

async function rerun(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { id: text, json } });
  if (!values.id) throw new UsageError('--id is missing: see "jobs failed"');
  const { JobId } = z
    .object({ JobId: z.string() })
    .parse(await callOperatorAction(io, 'RerunFailedJob', { JobId: values.id }));
  writeResult(io, values.json, { id: JobId }, [`job ${JobId} is tried again`]);
  return 0;
}
