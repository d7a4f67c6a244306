/** `wharfinger bill explain`: a bill opened to its parts. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { camelCaseKeys } from './camel-case-keys.ts';
import { UsageError, writeResult, type CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';

const explanation = z.object({
  BillId: z.string(),
  Action: z.string(),
  BilledTime: z.string(),
  RealCost: z.string(),
  Lines: z.array(
    z.object({
      Description: z.string(),
      Formula: z.string(),
      CatalogVersion: z.int(),
      AmountExact: z.string(),
      Rounding: z.string(),
      Withheld: z.string(),
      Paid: z.object({ Voucher: z.string(), Credit: z.string(), Cash: z.string(), Owed: z.string() }),
      CorrectsBillId: z.string(),
    }),
  ),
  Hours: z.array(
    z.object({
      Hour: z.string(),
      Sampled: z.boolean(),
      Quantity: z.int(),
      Facts: z.array(z.object({ Name: z.string(), Value: z.string() })),
    }),
  ),
});

export async function explainBill(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { account: { type: 'string' }, json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [BillId, ...more] = positionals;
  if (!values.account) throw new UsageError('--account is missing: the 12-digit id that "account create" printed');
  if (BillId === undefined || more.length > 0) throw new UsageError('name one bill by its number');
  const answer = await callOperatorAction(io, 'ExplainAccountBill', { Uin: values.account, BillId });
  writeResult(io, values.json, camelCaseKeys(answer), inWords(explanation.parse(answer)));
  return 0;
}

function inWords(bill: z.output<typeof explanation>): string[] {
  return [
    `bill ${bill.BillId}, ${bill.Action}, ${bill.BilledTime}: ${bill.RealCost} yuan`,
    ...bill.Lines.flatMap((line) => {
      const { Voucher, Credit, Cash, Owed } = line.Paid;
      return [
        line.Description,
        `  ${line.Formula}, by version ${line.CatalogVersion} of the catalogue`,
        `  exactly ${line.AmountExact} yuan, rounding ${line.Rounding}`,
        ...(/[1-9]/.test(line.Withheld) ? [`  ${line.Withheld} yuan of it do not come back`] : []),
        `  voucher ${Voucher}, credit ${Credit}, cash ${Cash}, owed ${Owed}`,
        ...(line.CorrectsBillId ? [`  corrects bill ${line.CorrectsBillId}`] : []),
      ];
    }),
    ...bill.Hours.map(({ Hour, Sampled, Quantity, Facts }) =>
      Sampled
        ? `  ${Hour}  ${Quantity}  ${Facts.map(({ Name, Value }) => `${Name} ${Value}`).join(', ')}`
        : `  ${Hour}  0  not measured`,
    ),
  ];
}
