/** Plays the stories undisturbed, then again with processes killed at their writes and others that go on. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { copyDatabase } from '../support/copy-database.ts';
import type { ClusterAddress } from '../support/platform-over.ts';
import { readBooks } from './books.ts';
import type { Chain, PlannedKill, RecordedStep } from './kill-plan.ts';
import type { Players } from './players.ts';
import { chapters, type Chapter, type Notes } from './story/index.ts';

/** The stories as they go when nobody is killed. */
export interface Recording {
  readonly steps: readonly RecordedStep[];
  readonly chapters: ReadonlyMap<string, RecordedChapter>;
}

interface RecordedChapter {
  /** The database and what clients know when it begins. */
  readonly prepared: { readonly database: string; readonly notes: Notes };
  /** The books at its end. */
  readonly books: string;
}

/** How a chain went. */
export interface Outcome {
  readonly killed: readonly PlannedKill[];
  /** Kills at points that the process never came to. */
  readonly missed: readonly PlannedKill[];
  /** Where the books are not those of the undisturbed story. */
  readonly difference: string | undefined;
}

export interface Stories {
  record(): Promise<Recording>;
  /** Plays a chapter to its end: each kill ends a process, and another one goes on. */
  play(recording: Recording, chain: Chain): Promise<Outcome>;
  close(): Promise<void>;
}

/** Opens the stories over a cluster; `template` is a migrated database. */
export async function openStories(cluster: ClusterAddress, template: string, players: Players): Promise<Stories> {
  const superuser = new pg.Client({ ...cluster, user: 'postgres', database: 'postgres' });
  await superuser.connect();
  const made = new Set<string>();
  // One after the other: a connection has one statement at a time.
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  function copy(original: string): Promise<string> {
    return inTurn(async () => {
      const name = `kill_${randomBytes(8).toString('hex')}`;
      await copyDatabase(superuser, name, original);
      made.add(name);
      return name;
    });
  }

  function drop(name: string): Promise<void> {
    return inTurn(async () => {
      await superuser.query(`drop database if exists ${name} with (force)`);
      made.delete(name);
    });
  }

  async function booksOf(database: string): Promise<string> {
    const client = new pg.Client({ ...cluster, user: 'postgres', database });
    await client.connect();
    try {
      return await readBooks(client);
    } finally {
      await client.end();
    }
  }

  async function recordChapter({ name: chapter, steps }: Chapter) {
    const prepared = await copy(template);
    let { notes } = await players.play({ cluster, database: prepared, chapter, from: -1, until: 0, notes: {} });
    const atStart = { database: prepared, notes };
    const database = await copy(prepared);
    const recorded: RecordedStep[] = [];
    for (let step = 0; step < steps.length; step += 1) {
      const part = { cluster, database, chapter, from: step, until: step + 1, notes, record: true };
      const played = await players.play(part);
      notes = played.notes;
      recorded.push({ chapter, step, points: played.points });
    }
    const books = await booksOf(database);
    await drop(database);
    return { chapter, recorded, kept: { prepared: atStart, books } };
  }

  return {
    async record() {
      const played = await Promise.all(chapters.map(recordChapter));
      return {
        steps: played.flatMap(({ recorded }) => recorded),
        chapters: new Map(played.map(({ chapter, kept }) => [chapter, kept])),
      };
    },
    async play({ chapters: kept }, { chapter, kills }) {
      const { prepared, books } = kept.get(chapter) ?? {};
      if (!prepared) throw new Error(`the chapter ${chapter} was not recorded`);
      const database = await copy(prepared.database);
      const [killed, missed]: [PlannedKill[], PlannedKill[]] = [[], []];
      try {
        let [from, notes] = [0, prepared.notes];
        const goOn = async (until: number) => {
          if (until > from) ({ notes } = await players.play({ cluster, database, chapter, from, until, notes }));
          from = until;
        };
        for (const kill of kills) {
          await goOn(kill.step);
          const part = { cluster, database, chapter, from, until: from + 1, notes, kill };
          ((await players.playAndDie(part)) ? killed : missed).push(kill);
        }
        await goOn(chapters.find(({ name }) => name === chapter)?.steps.length ?? 0);
        return { killed, missed, difference: firstDifference(books ?? '', await booksOf(database)) };
      } finally {
        await drop(database);
      }
    },
    async close() {
      for (const name of made) await drop(name);
      await superuser.end();
    },
  };
}

/** Where two texts part, with what stands around it in both; undefined for the same text. */
export function firstDifference(undisturbed: string, disturbed: string): string | undefined {
  if (undisturbed === disturbed) return undefined;
  let at = 0;
  while (undisturbed[at] === disturbed[at]) at += 1;
  const table = undisturbed.slice(0, at).split('\n# ').at(-1)?.split('\n')[0];
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 150), at + 150));
  return `in ${table}\n- ${around(undisturbed)}\n+ ${around(disturbed)}`;
}
