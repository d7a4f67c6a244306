/** `wharfinger …` as a process, for stories about starting and ending: what it prints, how it ends. Ends with the test. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const clone = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const patienceMs = 60_000;

export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** Waits until stdout matches, and gives the match; fails with what was printed when the process ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits for its end: the exit status, or the signal. */
  ended(): Promise<number | NodeJS.Signals | null>;
  signal(signal: NodeJS.Signals): void;
}

export interface ProcessOptions extends Pick<SpawnOptions, 'uid' | 'gid' | 'cwd'> {
  /** Another clone's folder, with another Node beside it. */
  clone?: string;
  node?: string;
}

/** Starts the command; the environment is the given one and nothing else of ours but PATH. */
export function wharfinger(args: string[], env: Record<string, string>, options: ProcessOptions = {}): ServiceProcess {
  const { clone: folder = clone, node = process.execPath, ...spawned } = options;
  const child = spawn(node, [join(folder, 'server/src/cli/main.ts'), ...args], {
    ...spawned,
    env: { PATH: process.env['PATH'], PORT: '0', WHARFINGER_LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const closed = once(child, 'close').then(() => child.exitCode ?? child.signalCode);
  return {
    child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    async printed(pattern) {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        const match = pattern.exec(stdout);
        if (match) return match;
        const over = child.exitCode !== null || child.signalCode !== null || performance.now() > deadline;
        if (over) throw new Error(`not printed: ${pattern}; status ${child.exitCode}: ${stdout}${stderr}`);
        await sleep(10);
      }
    },
    ended: () => closed,
    signal: (signal) => void child.kill(signal),
  };
}

/** Starts `serve` and waits until it listens. */
export async function serving(env: Record<string, string>, options?: ProcessOptions) {
  const service = wharfinger(['serve'], env, options);
  const [, url = ''] = await service.printed(/listens on (http\S+),/);
  return Object.assign(service, { url });
}
