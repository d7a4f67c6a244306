/** `wharfinger billing …`: the close of a month, through the operator's socket. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError, writeResult, type Command, type CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';

export const billing: Command = {
  usage: `usage: wharfinger billing close YYYY-MM [--json]
       wharfinger billing closes [--json]
       close seals a month that is over and proves that bills = ledger = orders + charges - refunds; where they differ
       it tells which order, closes nothing, and ends with status 1. A closed month is proved again.`,
  run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb === 'close') return close(rest, io);
    if (verb === 'closes') return closes(rest, io);
    throw new UsageError(verb ? `there is no "billing ${verb}"` : 'say "close" or "closes"');
  },
};

const json = { type: 'boolean', default: false } as const;

const closeRow = z.object({
  Month: z.string(),
  ClosedTime: z.string(),
  AccountCount: z.int(),
  BillCount: z.int(),
  Bills: z.string(),
  Ledger: z.string(),
  Orders: z.string(),
  Charges: z.string(),
  Refunds: z.string(),
  Digest: z.string(),
});

const outcome = z.object({
  Closed: z.boolean(),
  Close: closeRow.optional(),
  DifferenceCount: z.int(),
  Differences: z.array(
    z.object({
      Uin: z.string(),
      OrderId: z.string(),
      BillIds: z.array(z.string()),
      Reason: z.string(),
      Billed: z.string(),
      Listed: z.string(),
      Ledger: z.string(),
      Ordered: z.string(),
    }),
  ),
});

async function close(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({ args: argv, options: { json }, allowPositionals: true });
  const [month, ...more] = positionals;
  if (month === undefined || more.length > 0) throw new UsageError('name one month, such as 2026-10');
  const answer = outcome.parse(await callOperatorAction(io, 'CloseMonth', { Month: month }));
  if (answer.Close) {
    const result = { closed: true, ...toResult(answer.Close) };
    writeResult(io, values.json, result, [`${month} is closed`, toLine(answer.Close), `sha256 ${answer.Close.Digest}`]);
    return 0;
  }
  const differences = answer.Differences.map((row) => ({
    accountId: row.Uin,
    orderId: row.OrderId,
    billIds: row.BillIds,
    reason: row.Reason,
    billed: row.Billed,
    listed: row.Listed,
    ledger: row.Ledger,
    ordered: row.Ordered,
  }));
  writeResult(io, values.json, { closed: false, differenceCount: answer.DifferenceCount, differences }, [
    `${month} is not closed: ${answer.DifferenceCount} differences`,
    ...differences.map(
      (row) =>
        `${row.accountId}  ${row.orderId}  ${row.reason}: billed ${row.billed}, listed ${row.listed}, ledger ${row.ledger}, ordered ${row.ordered}`,
    ),
  ]);
  return 1;
}

async function closes(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { json } });
  const { List } = z.object({ List: z.array(closeRow) }).parse(await callOperatorAction(io, 'DescribeMonthCloses', {}));
  const lines = List.length === 0 ? ['no month was closed yet'] : List.map((row) => `${row.Month}  ${toLine(row)}`);
  writeResult(io, values.json, List.map(toResult), lines);
  return 0;
}

function toResult(row: z.infer<typeof closeRow>) {
  return {
    month: row.Month,
    closedTime: row.ClosedTime,
    accounts: row.AccountCount,
    bills: row.BillCount,
    billed: row.Bills,
    ledger: row.Ledger,
    orders: row.Orders,
    charges: row.Charges,
    refunds: row.Refunds,
    digest: row.Digest,
  };
}

function toLine(row: z.infer<typeof closeRow>): string {
  return `bills ${row.Bills} = ledger ${row.Ledger} = orders ${row.Orders} + charges ${row.Charges} - refunds ${row.Refunds}  (${row.BillCount} bills of ${row.AccountCount} accounts)`;
}
