/**
 * `npm run test:kill [-- --each 20] [-- --only TEXT]`: kills a process at every write of the order path and of the charge
 * run, so many times at each, and prints how often at each point. Takes minutes; a sample of it runs with the other tests.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrate, removeHome, startEmbeddedPostgres } from '../../server/src/platform/database/index.ts';
import { createLogger } from '../../server/src/platform/log.ts';
import { forgetDurability } from '../support/test-cluster.ts';
import { planChains, possibleKills, type PlannedKill } from './kill-plan.ts';
import { openStories, type Outcome } from './kills.ts';
import { openPlayers } from './players.ts';

/** Kills at once. */
const lanes = 2;

const { values } = parseArgs({
  options: { each: { type: 'string', default: '20' }, only: { type: 'string', default: '' } },
});
process.exitCode = await main(Number(values.each), values.only);

async function main(each: number, only: string): Promise<number> {
  const stopped = stopSignal();
  const home = await mkdtemp(join(tmpdir(), 'wharfinger-kill-'));
  const log = createLogger('warn');
  const postgres = await startEmbeddedPostgres(home, log);
  const players = openPlayers(lanes + 1);
  try {
    await migrate(postgres.urls, log);
    const { host, password } = postgres.superuser;
    if (typeof host !== 'string' || typeof password !== 'string') throw new Error('the cluster has no address');
    await forgetDurability(postgres.superuser);
    const stories = await openStories({ host, password }, 'wharfinger', players);
    try {
      const recording = await stories.record();
      const possible = new Map([...possibleKills(recording.steps)].filter(([point]) => point.includes(only)));
      const tallies = new Map([...possible.keys()].map((point) => [point, { same: 0, missed: 0, different: 0 }]));
      // Some of the queue's own statements are not sent each time: what was missed is planned again.
      for (let round = 0; round < 3; round += 1) {
        const missing = (point: string) => each - killsAt(tallies.get(point));
        const waiting = stopped.aborted ? [] : planChains(possible, missing, round * each);
        const lane = async () => {
          for (let chain = waiting.shift(); chain && !stopped.aborted; chain = waiting.shift()) {
            process.stderr.write(`${chain.chapter}: ${chain.kills.length} kills; ${waiting.length} chains wait\n`);
            note(tallies, await stories.play(recording, chain));
          }
        };
        await Promise.all(Array.from({ length: lanes }, lane));
      }
      return print(tallies);
    } finally {
      await stories.close();
    }
  } finally {
    await players.close();
    await postgres.stop();
    await removeHome(home);
  }
}

/** Asked to stop, it ends the chains that are under way and tells how far it came. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

interface Tally {
  same: number;
  missed: number;
  /** Kills in chains that ended with other books. */
  different: number;
}

function killsAt(tally: Tally | undefined): number {
  return tally ? tally.same + tally.different : 0;
}

function note(tallies: ReadonlyMap<string, Tally>, { killed, missed, difference }: Outcome): void {
  const add = (kills: readonly PlannedKill[], result: keyof Tally) => {
    for (const { point } of kills) {
      const tally = tallies.get(point);
      if (tally) tally[result] += 1;
    }
  };
  add(killed, difference === undefined ? 'same' : 'different');
  add(missed, 'missed');
  if (difference === undefined) return;
  const kills = killed.map(({ chapter, step, point, occurrence, position }) =>
    [chapter, step, point, occurrence, position].join('; '),
  );
  process.stderr.write(`OTHER BOOKS after\n${kills.join('\n')}\n${difference}\n`);
}

function print(tallies: ReadonlyMap<string, Tally>): number {
  const column = (figure: number | string) => String(figure).padStart(9);
  process.stdout.write(`${['same', 'different', 'missed'].map(column).join('')}  killed at\n`);
  let wrong = 0;
  for (const [point, { same, missed, different }] of [...tallies].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    process.stdout.write(`${[same, different, missed].map(column).join('')}  ${point}\n`);
    wrong += different;
  }
  const kills = [...tallies.values()].reduce((sum, { same, different }) => sum + same + different, 0);
  process.stdout.write(`${tallies.size} points, ${kills} kills, ${wrong} with other books\n`);
  return wrong === 0 ? 0 : 1;
}
