/** `wharfinger account park|unpark|parked`: whether anything is charged to an account. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError, writeResult, type CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';

const json = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

const parkedRow = z.object({ Uin: z.string(), ParkedTime: z.string(), ParkedBy: z.string(), Reason: z.string() });
const parkedPage = z.object({ List: z.array(parkedRow), TotalCount: z.int() });

export async function park(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { account: text, reason: text, json } });
  if (!values.account || !values.reason) throw new UsageError('--account and --reason are needed');
  const done = z
    .object({ Uin: z.string(), ParkedTime: z.string() })
    .parse(await callOperatorAction(io, 'ParkBilling', { Uin: values.account, Reason: values.reason }));
  const result = { accountId: done.Uin, parkedTime: done.ParkedTime };
  writeResult(io, values.json, result, [`nothing is charged to account ${done.Uin} until it is unparked`]);
  return 0;
}

export async function unpark(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { account: text, note: text, json } });
  if (!values.account) throw new UsageError('--account is missing: see "account parked"');
  const request = { Uin: values.account, ...(values.note !== undefined && { Note: values.note }) };
  const done = z
    .object({ Uin: z.string(), ParkedTime: z.string(), UnparkedTime: z.string() })
    .parse(await callOperatorAction(io, 'UnparkBilling', request));
  const result = { accountId: done.Uin, parkedTime: done.ParkedTime, unparkedTime: done.UnparkedTime };
  writeResult(io, values.json, result, [
    `account ${done.Uin} is charged again, also for what fell due since ${done.ParkedTime}`,
  ]);
  return 0;
}

export async function parked(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { json } });
  const rows: z.infer<typeof parkedRow>[] = [];
  for (;;) {
    const request = { Offset: rows.length, Limit: 1000 };
    const { List, TotalCount } = parkedPage.parse(await callOperatorAction(io, 'DescribeParkedAccounts', request));
    rows.push(...List);
    if (List.length === 0 || rows.length >= TotalCount) break;
  }
  const result = rows.map((row) => ({
    accountId: row.Uin,
    parkedTime: row.ParkedTime,
    parkedBy: row.ParkedBy,
    reason: row.Reason,
  }));
  const lines = result.map((row) => [row.accountId, row.parkedTime, row.parkedBy, row.reason].join('  '));
  writeResult(io, values.json, result, lines.length === 0 ? ['no account is parked'] : lines);
  return 0;
}
