/** The embedded server's process: started, watched, started again when it ends by itself, stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { errorLine } from '../error-line.ts';
import type { Logger } from '../log.ts';
import { monotonicMs } from '../machine-time.ts';
import { asAccount, type Place } from './postgres-place.ts';

export interface PostgresServer {
  /** Ends all sessions and waits until the server has written everything and is gone. */
  stop(): Promise<void>;
}

const startPatienceMs = 60_000;
/** Replaying the log of a large database after a crash is work, not a failure. */
const recoveryPatienceMs = 30 * 60_000;
const restartPauseMs = 1_000;

/** Starts the server and waits until it takes connections. Throws with one line when it does not. */
export async function startPostgresServer(place: Place, access: pg.PoolConfig, log: Logger): Promise<PostgresServer> {
  let child = await spawnServer(place);
  try {
    await waitUntilReady(access, child, join(dirname(place.data), 'postgres.log'));
  } catch (error) {
    await stopServer(child);
    throw error;
  }
  const stopping = new AbortController();
  const watched = keepRunning();
  return {
    async stop() {
      stopping.abort();
      await stopServer(child);
      await watched;
    },
  };

  async function keepRunning(): Promise<void> {
    for (;;) {
      await ended(child);
      if (stopping.signal.aborted) return;
      log.error('PostgreSQL ended by itself; it is started again, see postgres.log beside its data');
      await sleep(restartPauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      child = await spawnServer(place);
      if (stopping.signal.aborted) await stopServer(child);
    }
  }
}

/**
 * The server runs under a shell that stops it when our end of a pipe closes, so also when this process is killed; the shell
 * ends when the server does. A session of its own keeps the terminal's Ctrl-C for us.
 */
async function spawnServer(place: Place): Promise<ChildProcess> {
  const logFile = await open(join(dirname(place.data), 'postgres.log'), 'a', 0o600);
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${place.sockets}`,
    'unix_socket_permissions=0700',
    'max_connections=100',
    'shared_buffers=128MB',
    'timezone=UTC',
    'log_timezone=UTC',
  ].flatMap((setting) => ['-c', setting]);
  const script = [
    'exec 3<&0',
    '"$@" </dev/null 3<&- & server=$!',
    '{ read -r _ <&3; kill -INT "$server"; } & watcher=$!',
    'wait "$server"; status=$?',
    'kill "$watcher" 2>/dev/null',
    'exit "$status"',
  ].join('\n');
  const child = spawn(
    '/bin/sh',
    ['-c', script, 'sh', join(place.programs, 'bin/postgres'), '-D', place.data, ...settings],
    { ...asAccount(place), detached: true, stdio: ['pipe', logFile.fd, logFile.fd] },
  );
  // The shell may be gone when our end of the pipe is closed.
  child.stdin?.on('error', () => undefined);
  // Heard from here on: the event comes before the file is closed.
  const spawned = once(child, 'spawn');
  await logFile.close();
  await spawned;
  return child;
}

async function stopServer(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  await ended(child);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function waitUntilReady(access: pg.PoolConfig, child: ChildProcess, logFile: string): Promise<void> {
  const startedAt = monotonicMs();
  for (;;) {
    const client = new pg.Client(access);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`PostgreSQL ended while it was starting; ${logFile} says why`, { cause: error });
      }
      const startingUp = error instanceof pg.DatabaseError && error.code === '57P03';
      const refused = error instanceof pg.DatabaseError && !startingUp;
      const waited = monotonicMs() - startedAt;
      if (refused || waited > (startingUp ? recoveryPatienceMs : startPatienceMs)) {
        throw new Error(`PostgreSQL does not let us in: ${errorLine(error)}; ${logFile} says more`, { cause: error });
      }
      await sleep(20);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
