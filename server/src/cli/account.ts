/** `wharfinger account …`: accounts and their keys, through the operator's socket. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError, writeResult, type Command, type CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';
import { park, parked, unpark } from './parking.ts';

export const account: Command = {
  usage: `usage: wharfinger account create --email ADDRESS [--verified] [--json]
       wharfinger account verify --account ID [--reject --reason TEXT] [--json]
       wharfinger account list [--json]
       wharfinger account keys --account ID [--create | --enable SECRET_ID | --disable SECRET_ID] [--json]
       wharfinger account top-up --account ID --amount YUAN [--credit] [--idempotency-key KEY] [--json]
       wharfinger account park --account ID --reason TEXT [--json]
       wharfinger account unpark --account ID [--note TEXT] [--json]
       wharfinger account parked [--json]
       wharfinger account operator-key [--json]
       top-up adds money that was paid, or with --credit what is granted; once under one key.
       park stops everything that is charged to an account; unpark makes up for what fell due meanwhile. parked lists
       them, those that a guard rail has parked too.
       operator-key makes a key for running these commands from another machine, with WHARFINGER_ENDPOINT.`,
  run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb === 'create') return create(rest, io);
    if (verb === 'verify') return verify(rest, io);
    if (verb === 'list') return list(rest, io);
    if (verb === 'keys') return keys(rest, io);
    if (verb === 'top-up') return topUp(rest, io);
    if (verb === 'park') return park(rest, io);
    if (verb === 'unpark') return unpark(rest, io);
    if (verb === 'parked') return parked(rest, io);
    if (verb === 'operator-key') return operatorKey(rest, io);
    throw new UsageError(verb ? `there is no "account ${verb}"` : 'say what to do with accounts');
  },
};

const json = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

const madeKey = z.object({ SecretId: z.string(), SecretKey: z.string() });
const madeAccount = madeKey.extend({ Uin: z.string() });
const accountRow = z.object({ Uin: z.string(), Email: z.string(), Verification: z.string() });
const accountPage = z.object({ List: z.array(accountRow) });
const toppedUp = z.object({ Uin: z.string(), TransactionId: z.string(), Balance: z.string() });
const keyList = z.object({
  List: z.array(z.object({ SecretId: z.string(), Enabled: z.boolean(), CreatedTime: z.string() })),
});

async function create(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { email: text, verified: json, json } });
  if (!values.email) throw new UsageError('--email is missing');
  const made = madeAccount.parse(
    await callOperatorAction(io, 'CreateAccount', { Email: values.email, Verified: values.verified }),
  );
  const result = { accountId: made.Uin, secretId: made.SecretId, secretKey: made.SecretKey };
  writeResult(io, values.json, result, [`account    ${made.Uin}`, ...keyLines(made)]);
  return 0;
}

async function verify(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { account: text, reject: json, reason: text, json } });
  const row = accountRow.parse(
    await callOperatorAction(io, 'VerifyAccount', {
      Uin: accountId(values.account),
      Verification: values.reject ? 'rejected' : 'verified',
      Reason: values.reason ?? '',
    }),
  );
  const result = { accountId: row.Uin, verification: row.Verification };
  writeResult(io, values.json, result, [`account ${row.Uin} is ${row.Verification}`]);
  return 0;
}

async function list(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { json } });
  const pageSize = 1000;
  const accounts: z.infer<typeof accountRow>[] = [];
  for (;;) {
    const request = { Offset: accounts.length, Limit: pageSize };
    const { List } = accountPage.parse(await callOperatorAction(io, 'DescribeAccounts', request));
    accounts.push(...List);
    if (List.length < pageSize) break;
  }
  const result = accounts.map((row) => ({ accountId: row.Uin, email: row.Email, verification: row.Verification }));
  const none = 'no accounts yet; make one: wharfinger account create --email you@example.com --verified';
  const lines = result.map((row) => `${row.accountId}  ${row.verification.padEnd(10)}  ${row.email}`);
  writeResult(io, values.json, result, lines.length === 0 ? [none] : lines);
  return 0;
}

async function keys(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { account: text, create: json, enable: text, disable: text, json },
  });
  const Uin = accountId(values.account);
  if ([values.create, values.enable !== undefined, values.disable !== undefined].filter(Boolean).length > 1) {
    throw new UsageError('give one of --create, --enable and --disable');
  }
  if (values.create) {
    writeKey(io, values.json, madeKey.parse(await callOperatorAction(io, 'CreateAccountKey', { Uin })));
    return 0;
  }
  const changed = values.enable ?? values.disable;
  if (changed !== undefined) {
    await callOperatorAction(io, 'ModifyAccountKey', { Uin, SecretId: changed, Enabled: values.enable !== undefined });
  }
  const { List } = keyList.parse(await callOperatorAction(io, 'DescribeAccountKeys', { Uin }));
  const result = List.map((row) => ({ secretId: row.SecretId, enabled: row.Enabled, createdTime: row.CreatedTime }));
  const lines = result.map((row) => `${row.secretId}  ${row.enabled ? 'on ' : 'off'}  ${row.createdTime}`);
  writeResult(io, values.json, result, lines);
  return 0;
}

async function topUp(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { account: text, amount: text, credit: json, 'idempotency-key': text, json },
  });
  const Uin = accountId(values.account);
  if (!values.amount) throw new UsageError('--amount is missing: yuan with at most two decimals, such as 10000.00');
  const key = values['idempotency-key'];
  const done = toppedUp.parse(
    await callOperatorAction(io, 'TopUpAccount', {
      Uin,
      Amount: values.amount,
      Kind: values.credit ? 'credit' : 'cash',
      ...(key !== undefined && { IdempotencyKey: key }),
    }),
  );
  const result = { accountId: done.Uin, transactionId: done.TransactionId, balance: done.Balance };
  writeResult(io, values.json, result, [`account ${done.Uin} has ${done.Balance} yuan`]);
  return 0;
}

async function operatorKey(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { json } });
  writeKey(io, values.json, madeKey.parse(await callOperatorAction(io, 'CreateOperatorKey', {})));
  return 0;
}

function writeKey(io: CommandIo, asJson: boolean, key: z.infer<typeof madeKey>): void {
  writeResult(io, asJson, { secretId: key.SecretId, secretKey: key.SecretKey }, keyLines(key));
}

function keyLines(key: z.infer<typeof madeKey>): string[] {
  return [`SecretId   ${key.SecretId}`, `SecretKey  ${key.SecretKey}   (shown only now)`];
}

function accountId(value: string | undefined): string {
  if (!value) throw new UsageError('--account is missing: the 12-digit id that "account create" printed');
  return value;
}
