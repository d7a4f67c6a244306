/** The real service as a process of its own, in a data folder of its own, for stories. Stops with the test. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { operatorSocketPath } from '../../server/src/api/operator-socket.ts';
import { callOperatorSocket } from '../../server/src/cli/service-call.ts';
import { removeHome } from '../../server/src/platform/database/index.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const startTimeoutMs = 60_000;
/** A story asks as fast as its machine can: the rate limit, which has a test of its own, must not depend on that. */
const defaults = { PORT: '0', WHARFINGER_LOG_LEVEL: 'warn', WHARFINGER_REQUESTS_PER_SECOND: '10000' };

export interface RunningService {
  readonly home: string;
  /** Such as `http://127.0.0.1:40123`; another one after each start. */
  readonly url: string;
  /** Runs `wharfinger …args --json` against this service and gives what it printed. */
  command(...args: string[]): unknown;
  /** Calls an operator's action through the service's socket, as a command does, without a process for it. */
  operator(action: string, parameters?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** SIGTERM, and waits for its end. Returns the exit status. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
  /** Starts again on the same data folder. */
  start(): Promise<void>;
  /** What it wrote to stderr since its last start. */
  readonly log: string;
  /** Stops it and removes the data folder. */
  remove(): Promise<void>;
}

/** Starts the service on a fresh data folder (or the given one). */
export async function startService(env: Record<string, string> = {}, home?: string): Promise<RunningService> {
  const folder = home ?? (await mkdtemp(join(tmpdir(), 'wharfinger-story-')));
  const settings = { ...process.env, ...defaults, ...env, WHARFINGER_HOME: folder };
  let child: ChildProcess | undefined;
  let url = '';
  let log = '';

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return running?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => running.once('exit', (status) => resolve(status)));
    running.kill(signal);
    return ended;
  };
  const start = async () => {
    log = '';
    const started = spawn(process.execPath, [join(root, 'server/src/cli/main.ts'), 'serve'], {
      env: settings,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    started.stderr.on('data', (data: Buffer) => (log += data.toString()));
    url = await listeningUrl(started, () => log);
  };
  await start();
  return {
    home: folder,
    get url() {
      return url;
    },
    get log() {
      return log;
    },
    command: (...args) => runCommand(args, settings),
    operator: (action, parameters = {}) =>
      callOperatorSocket(operatorSocketPath(folder), { action, version: '2026-11-01', parameters }),
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    start,
    async remove() {
      await end('SIGTERM');
      await removeHome(folder);
    },
  };
}

function runCommand(args: string[], env: Record<string, string | undefined>): unknown {
  const main = join(root, 'server/src/cli/main.ts');
  const result = spawnSync(process.execPath, [main, ...args, '--json'], { env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`wharfinger ${args.join(' ')}: status ${result.status}: ${result.stderr}`);
  return JSON.parse(result.stdout);
}

function listeningUrl(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the service did not listen within ${startTimeoutMs} ms: ${log()}`));
    }, startTimeoutMs);
    const settle = (work: () => void) => {
      clearTimeout(timer);
      work();
    };
    child.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      const match = /listens on (http\S+),/.exec(output);
      if (match?.[1]) settle(() => resolve(match[1] ?? ''));
    });
    child.once('exit', (status) =>
      settle(() => reject(new Error(`the service ended with status ${status}: ${log()}`))),
    );
  });
}
