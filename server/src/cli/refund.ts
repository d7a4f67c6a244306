/** `wharfinger refund …`: refunds that wait for the operator, through the operator's socket. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError, writeResult, type Command, type CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';

export const refund: Command = {
  usage: `usage: wharfinger refund list [--account ID] [--all] [--json]
       wharfinger refund approve --account ID --order ID [--note TEXT] [--json]
       wharfinger refund reject --account ID --order ID [--note TEXT] [--json]
       list shows those that wait, --all those that were decided as well.`,
  run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb === 'list') return list(rest, io);
    if (verb === 'approve' || verb === 'reject') return decide(verb, rest, io);
    throw new UsageError(verb ? `there is no "refund ${verb}"` : 'say "list", "approve" or "reject"');
  },
};

const json = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

const refundRow = z.object({
  Uin: z.string(),
  OrderId: z.string(),
  InstanceId: z.string(),
  Quantity: z.string(),
  Ground: z.string(),
  Reason: z.string(),
  AskedTime: z.string(),
  DecidedTime: z.string(),
  Note: z.string(),
});
const decided = z.object({ Uin: z.string(), OrderId: z.string(), Status: z.int() });

async function list(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { account: text, all: json, json } });
  const request = { All: values.all, ...(values.account !== undefined && { Uin: values.account }) };
  const answer = await callOperatorAction(io, 'DescribeRefundRequests', request);
  const result = z
    .object({ List: z.array(refundRow) })
    .parse(answer)
    .List.map((row) => ({
      accountId: row.Uin,
      orderId: row.OrderId,
      instanceId: row.InstanceId,
      quantity: row.Quantity,
      ground: row.Ground,
      reason: row.Reason,
      askedTime: row.AskedTime,
      decidedTime: row.DecidedTime,
      note: row.Note,
    }));
  const lines = result.map((row) =>
    [row.accountId, row.orderId, row.instanceId, row.quantity || 'all', row.ground, row.askedTime, row.reason].join(
      '  ',
    ),
  );
  writeResult(io, values.json, result, lines.length === 0 ? ['no refund waits'] : lines);
  return 0;
}

async function decide(verb: 'approve' | 'reject', argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { account: text, order: text, note: text, json } });
  if (!values.account || !values.order) throw new UsageError('--account and --order are needed: see "refund list"');
  const request = { Uin: values.account, OrderId: values.order, Decision: verb, Note: values.note ?? '' };
  const done = decided.parse(await callOperatorAction(io, 'DecideRefund', request));
  const result = { accountId: done.Uin, orderId: done.OrderId, status: done.Status };
  const what = verb === 'approve' ? 'is granted' : 'is rejected';
  writeResult(io, values.json, result, [`refund ${done.OrderId} ${what}`]);
  return 0;
}
