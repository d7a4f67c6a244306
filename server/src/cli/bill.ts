/** `wharfinger bill …`: bills and credit notes of an account, as files and opened to their parts. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError, writeResult, type Command, type CommandIo } from './command.ts';
import { explainBill } from './explain-bill.ts';
import { callOperatorAction } from './operator.ts';

export const bill: Command = {
  usage: `usage: wharfinger bill export --account ID (--bill NUMBER | --month YYYY-MM) [--format pdf|csv] [--output FILE] [--json]
       writes the file, or with --output - its bytes to stdout; without --output the name tells what it is.
       A month has all its bills and credit notes. Made again the file has the same bytes.
       wharfinger bill explain NUMBER --account ID [--json]
       opens a bill to its parts: prices, rounding, who paid, and each hour that was measured.`,
  async run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb === 'export') return exportFile(rest, io);
    if (verb === 'explain') return explainBill(rest, io);
    throw new UsageError(verb ? `there is no "bill ${verb}"` : 'say "export" or "explain"');
  },
};

const text = { type: 'string' } as const;

const file = z.object({ FileName: z.string().regex(/^[\w.-]+$/), ContentType: z.string(), Content: z.base64() });

async function exportFile(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      account: text,
      bill: text,
      month: text,
      format: text,
      output: text,
      json: { type: 'boolean', default: false },
    },
  });
  if (!values.account) throw new UsageError('--account is missing: the 12-digit id that "account create" printed');
  if ((values.bill === undefined) === (values.month === undefined))
    throw new UsageError('give either --bill or --month');
  const { FileName, Content } = file.parse(
    await callOperatorAction(io, 'ExportAccountBills', {
      Uin: values.account,
      ...(values.bill !== undefined && { BillId: values.bill }),
      ...(values.month !== undefined && { Month: values.month }),
      ...(values.format !== undefined && { Format: values.format }),
    }),
  );
  const content = Buffer.from(Content, 'base64');
  if (values.output === '-') {
    io.stdout.write(content);
    return 0;
  }
  const path = resolve(io.cwd, values.output ?? FileName);
  writeFileSync(path, content);
  writeResult(io, values.json, { file: path, bytes: content.length }, [`wrote ${path}`]);
  return 0;
}
