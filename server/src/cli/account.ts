/** `wharfinger account …`: accounts and their keys, through the operator's socket. */
import { parseArgs } from 'node:util';
import { UsageError, writeResult, type Command, type CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';

export const account: Command = {
  usage: `usage: wharfinger account create --email ADDRESS [--verified] [--json]
       wharfinger account verify --account ID [--reject --reason TEXT] [--json]
       wharfinger account list [--json]
       wharfinger account keys --account ID [--create | --enable SECRET_ID | --disable SECRET_ID] [--json]`,
  run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb === 'create') return create(rest, io);
    if (verb === 'verify') return verify(rest, io);
    if (verb === 'list') return list(rest, io);
    if (verb === 'keys') return keys(rest, io);
    throw new UsageError(verb ? `there is no "account ${verb}"` : 'say what to do with accounts');
  },
};

const json = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

async function create(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { email: text, verified: json, json } });
  if (!values.email) throw new UsageError('--email is missing');
  const made = await callOperatorAction(io, 'CreateAccount', { Email: values.email, Verified: values.verified });
  const result = { accountId: made['Uin'], secretId: made['SecretId'], secretKey: made['SecretKey'] };
  writeResult(io, values.json, result, [
    `account    ${result.accountId}`,
    `SecretId   ${result.secretId}`,
    `SecretKey  ${result.secretKey}   (shown only now)`,
  ]);
  return 0;
}

async function verify(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { account: text, reject: json, reason: text, json } });
  const verification = values.reject ? 'rejected' : 'verified';
  if (values.reject) await callOperatorAction(io, 'VerifyAccount', { Uin: accountId(values.account), Verification: 'pending' }).catch(() => undefined);
  const result = await callOperatorAction(io, 'VerifyAccount', {
    Uin: accountId(values.account),
    Verification: verification,
    Reason: values.reason ?? '',
  });
  writeResult(io, values.json, { accountId: result['Uin'], verification: result['Verification'] }, [
    `account ${result['Uin']} is ${result['Verification']}`,
  ]);
  return 0;
}

async function list(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { json } });
  const accounts: Record<string, unknown>[] = [];
  for (;;) {
    const page = await callOperatorAction(io, 'DescribeAccounts', { Offset: accounts.length, Limit: 1000 });
    const rows = page['List'] as Record<string, unknown>[];
    accounts.push(...rows);
    if (rows.length < 1000) break;
  }
  const result = accounts.map((row) => ({ accountId: row['Uin'], email: row['Email'], verification: row['Verification'] }));
  writeResult(
    io,
    values.json,
    result,
    result.length === 0
      ? ['no accounts yet; make one: wharfinger account create --email you@example.com --verified']
      : result.map((row) => `${row.accountId}  ${String(row.verification).padEnd(10)}  ${row.email}`),
  );
  return 0;
}

async function keys(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { account: text, create: json, enable: text, disable: text, json },
  });
  const Uin = accountId(values.account);
  if (values.create) {
    const key = await callOperatorAction(io, 'CreateAccountKey', { Uin });
    const result = { secretId: key['SecretId'], secretKey: key['SecretKey'] };
    writeResult(io, values.json, result, [`SecretId   ${result.secretId}`, `SecretKey  ${result.secretKey}   (shown only now)`]);
    return 0;
  }
  const changed = values.enable ?? values.disable;
  if (changed) {
    await callOperatorAction(io, 'ModifyAccountKey', { Uin, SecretId: changed, Enabled: values.enable !== undefined });
  }
  const { List } = await callOperatorAction(io, 'DescribeAccountKeys', { Uin });
  const result = (List as Record<string, unknown>[]).map((row) => ({
    secretId: row['SecretId'],
    enabled: row['Enabled'],
    createdTime: row['CreatedTime'],
  }));
  writeResult(io, values.json, result, result.map((row) => `${row.secretId}  ${row.enabled ? 'on' : 'off'}  ${row.createdTime}`));
  return 0;
}

function accountId(value: string | undefined): string {
  if (!value) throw new UsageError('--account is missing: the 12-digit id that "account create" printed');
  return value;
}
