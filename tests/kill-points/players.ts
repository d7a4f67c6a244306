/** Processes that play, made before they are needed: a kill costs one, and starting one costs more than playing. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Part, Played } from './player.ts';

const player = fileURLToPath(new URL('player.ts', import.meta.url));
const killSwitch = new URL('kill-switch.ts', import.meta.url).href;

export interface Players {
  /** Lets a process play that stays for the next part. */
  play(part: Part): Promise<Extract<Played, { notes: unknown }>>;
  /** Lets a fresh process play; true when it killed itself, false when it never came to that point. */
  playAndDie(part: Part): Promise<boolean>;
  close(): Promise<void>;
}

/** Keeps so many fresh processes ready. */
export function openPlayers(ready: number): Players {
  const all = new Set<ChildProcess>();
  const fresh = Array.from({ length: ready }, start);
  const survivors: Promise<ChildProcess>[] = [];

  async function start(): Promise<ChildProcess> {
    const child = fork(player, {
      execArgv: ['--import', killSwitch],
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'wharfinger-compile-cache') },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    all.add(child);
    child.once('exit', () => all.delete(child));
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('a player did not start'))),
    ]);
    return child;
  }

  async function answer(child: ChildProcess, part: Part): Promise<Played | undefined> {
    const heard = new AbortController();
    const { signal } = heard;
    const answered = once(child, 'message', { signal }).then(([message]) => message as Played);
    const ended = once(child, 'exit', { signal }).then(() => undefined);
    child.send(part);
    try {
      return await Promise.race([answered, ended]);
    } finally {
      heard.abort();
      await Promise.allSettled([answered, ended]);
    }
  }

  return {
    async play(part) {
      const next = survivors.pop() ?? start();
      const played = await answer(await next, part);
      if (!played) throw new Error('a player that was to live has ended');
      survivors.push(next);
      if ('error' in played) throw new Error(played.error);
      return played;
    },
    async playAndDie(part) {
      const next = fresh.shift() ?? start();
      fresh.push(start());
      const child = await next;
      const played = await answer(child, part);
      if (!played) return true;
      survivors.push(next);
      if ('error' in played) throw new Error(played.error);
      return false;
    },
    async close() {
      await Promise.allSettled([...fresh, ...survivors]);
      const ended = [...all].map((child) => once(child, 'exit'));
      for (const child of all) child.kill('SIGKILL');
      await Promise.all(ended);
    },
  };
}
