/** The command `wharfinger`. Exit status: 0 done, 1 something was found (by `scan` at or above `--fail-on`, by `audit verify`), 2 an error that was told in one line. */
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errorCode, errorLine } from '../platform/error-line.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';

// Not in the folder for temporary files, where Node would: whoever makes that folder first says what others will run.
enableCompileCache(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'wharfinger'));
// Whoever reads our output may leave before its end (`… | head`).
process.stdout.on('error', (error) => {
  if (errorCode(error) !== 'EPIPE') throw error;
});

/** One file for each command; `scan` loads nothing but the scanner. */
const commands: Record<string, { summary: string; load(): Promise<Command> }> = {
  serve: { summary: 'start the service', load: async () => (await import('./serve.ts')).serve },
  demo: { summary: 'start with a sample tenant and a real scan', load: async () => (await import('./demo.ts')).demo },
  scan: {
    summary: 'scan an image, archive or folder, without a server',
    load: async () => (await import('./scan.ts')).scan,
  },
  advisories: { summary: 'import and list advisories', load: async () => (await import('./advisories.ts')).advisories },
  account: {
    summary: 'make and verify accounts and their keys',
    load: async () => (await import('./account.ts')).account,
  },
  catalog: {
    summary: 'show prices and rules, and publish others',
    load: async () => (await import('./catalog.ts')).catalog,
  },
  billing: { summary: 'close months', load: async () => (await import('./billing.ts')).billing },
  bill: { summary: 'write bills as files', load: async () => (await import('./bill.ts')).bill },
  refund: { summary: 'list and decide refunds', load: async () => (await import('./refund.ts')).refund },
  audit: {
    summary: 'show and verify the log of what operators did',
    load: async () => (await import('./audit.ts')).audit,
  },
  jobs: {
    summary: 'show failed background jobs, and run them again',
    load: async () => (await import('./jobs.ts')).jobs,
  },
  clock: { summary: 'move the test clock', load: async () => (await import('./clock.ts')).clock },
  samples: {
    summary: 'say how many cores count, under a test clock',
    load: async () => (await import('./samples.ts')).samples,
  },
  secrets: { summary: 'rotate the master key', load: async () => (await import('./secrets.ts')).secrets },
  doctor: { summary: 'check what this machine offers', load: async () => (await import('./doctor.ts')).doctor },
};

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.env['INIT_CWD'] ?? process.cwd(),
  env: process.env,
});

async function main(argv: string[], io: CommandIo): Promise<number> {
  const [name = 'help', ...rest] = argv;
  if (name === 'help' || name === '--help' || name === '-h') {
    io.stdout.write(overview());
    return 0;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!entry) {
    io.stderr.write(`wharfinger: there is no command "${name}"\n${overview()}`);
    return 2;
  }
  let usage = '';
  try {
    const command = await entry.load();
    usage = command.usage;
    if (name !== 'scan' && (rest.includes('--help') || rest.includes('-h'))) {
      io.stdout.write(`${usage}\n`);
      return 0;
    }
    return await command.run(rest, io);
  } catch (error) {
    io.stderr.write(`wharfinger ${name}: ${errorLine(error)}\n`);
    if (isUsageError(error)) io.stderr.write(`${usage}\n`);
    return 2;
  }
}

/** Our own, or one of `node:util`'s `parseArgs`. */
function isUsageError(error: unknown): boolean {
  if (error instanceof UsageError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'usage: wharfinger <command> [options]',
    '',
    ...lines,
    '',
    'wharfinger <command> --help tells more.',
    '',
  ].join('\n');
}
