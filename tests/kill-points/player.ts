/**
 * A process that plays steps of a story on a database, with the real product, and may end itself at one write. Started by
 * `players.ts` with the kill switch loaded first.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startJobRunner } from '../../server/src/platform/jobs/index.ts';
import type { Platform } from '../../server/src/platform/platform.ts';
import { jobs } from '../../server/src/service/jobs.ts';
import { platformOver, type ClusterAddress } from '../support/platform-over.ts';
import type { Kill } from './kill-plan.ts';
import { armKill, recordPoints } from './kill-switch.ts';
import { chapters, openStage, type Notes } from './story/index.ts';

/** Longer than the queue takes to give the jobs of a killed process to another one. */
const patienceMs = 30_000;

/** What a player is asked to play. */
export interface Part {
  readonly cluster: ClusterAddress;
  readonly database: string;
  readonly chapter: string;
  /** Steps `[from, until)`; the preparation comes before step 0. */
  readonly from: number;
  readonly until: number;
  readonly notes: Notes;
  readonly record?: boolean;
  readonly kill?: Kill;
}

/** What it answers. */
export type Played = { readonly notes: Notes; readonly points: readonly string[] } | { readonly error: string };

process.on('message', (part: Part) => {
  play(part).then(
    (played) => process.send?.(played satisfies Played),
    (error: unknown) =>
      process.send?.({
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      } satisfies Played),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function play({ cluster, database, chapter: name, from, until, notes, record, kill }: Part): Promise<Played> {
  const chapter = chapters.find((one) => one.name === name);
  if (!chapter) throw new Error(`there is no chapter ${name}`);
  const recorded = record ? recordPoints() : () => [];
  armKill(kill);
  const platform = await platformOver(cluster, database, { testClock: chapter.start });
  const runner = chapter.jobs ? await startJobRunner(platform, { jobs, concurrency: 2 }) : undefined;
  const stage = openStage(platform, { ...notes });
  try {
    if (from < 0) await chapter.prepare(stage);
    for (const step of chapter.steps.slice(Math.max(from, 0), Math.max(until, 0))) {
      await step.run(stage);
      if (chapter.jobs) await untilNoJobWaits(platform);
    }
  } finally {
    await runner?.stop();
    await platform.close();
  }
  return { notes: stage.notes, points: recorded() };
}

/** What a step has set going ends with it. */
async function untilNoJobWaits({ database }: Platform): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { rows } = await database.systemPool.query<{ key: string }>('select key from graphile_worker._private_jobs');
    if (rows.length === 0) return;
    if (performance.now() > deadline) throw new Error(`still waits: ${rows.map(({ key }) => key).join(', ')}`);
    await sleep(5);
  }
}
