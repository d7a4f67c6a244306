/** Brings the catalogue of one registry up to date, a transaction for each repository. Done again it changes nothing. */
import { isRepository, ScanError, type ReasonCode, type RegistryClient } from '@wharfinger/scanner';
import type { AppTransaction } from '../platform/database/index.ts';
import type { Platform } from '../platform/platform.ts';
import { changeRepository, knownImages, removeImages, type ChangeCounts } from './image-store.ts';
import { isOfWholeRegistry, readTags } from './read-tags.ts';
import { healthOf } from './open-registry.ts';
import type { Health, SyncMode } from './registry.ts';

/** What a sync takes in; what a registry has beyond it is left out, and the sync says so. */
export const syncLimits = { repositories: 10_000, tagsOfRepository: 1_000, images: 100_000 } as const;

export interface SyncOutcome extends ChangeCounts {
  /** Images that are in the catalogue now. */
  images: number;
  notImages: number;
  problemCount: number;
  /** The first of them. */
  problems: string[];
  /** Why it came to no good end. */
  failure: SyncFailure | undefined;
  /** Why the registry cannot be used, when that is the reason. */
  health: Health | undefined;
}

export interface SyncFailure {
  code: ReasonCode | 'catalogue-refused' | 'internal-error';
  reason: string;
}

/** Thrown by `inRun` when the registry was removed or another sync has begun since. */
export class SyncOvertaken extends Error {}

export interface SyncOptions {
  registryId: bigint;
  mode: SyncMode;
  limits?: { repositories: number; tagsOfRepository: number; images: number };
  /** A transaction in which this run is still the one that counts; throws {@link SyncOvertaken}. */
  inRun: <T>(work: (tx: AppTransaction) => Promise<T>) => Promise<T>;
}

const mostProblemsShown = 5;

/** Failures of the registry come back in the outcome, with how far it came. */
export async function syncRegistry(
  platform: Platform,
  tenant: bigint,
  client: RegistryClient,
  { registryId, mode, inRun, limits = syncLimits }: SyncOptions,
): Promise<SyncOutcome> {
  const outcome = emptyOutcome();
  const note = (problem: string) => {
    outcome.problemCount++;
    if (outcome.problems.length < mostProblemsShown) outcome.problems.push(problem);
  };
  let pinged = false;
  let listed = false;
  try {
    await client.ping();
    pinged = true;
    const repositories = await listRepositories(client, limits.repositories, note);
    listed = true;
    for (const repository of repositories.names) {
      if (outcome.images >= limits.images) {
        note(`the registry has more than ${limits.images} images; the rest is left out`);
        break;
      }
      await syncRepository(repository);
    }
    const gone = await inRun(async (tx) => {
      const now = await platform.clock.now(tx);
      return removeImages({ tx, tenant, now }, registryId, { repositories: repositories.names });
    });
    outcome.removed += gone;
    if (outcome.images === 0 && outcome.problemCount > 0) {
      outcome.failure = { code: 'registry-error', reason: outcome.problems[0] ?? '' };
    }
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    const health = healthOf(error);
    const refusesCatalogue = pinged && !listed && !isOfWholeRegistry(error);
    if (!pinged || isOfWholeRegistry(error)) outcome.health = health;
    outcome.failure = refusesCatalogue
      ? { code: 'catalogue-refused', reason: `the registry does not list its repositories: ${health.message}` }
      : { code: health.code, reason: health.message };
  }
  return outcome;

  async function syncRepository(repository: string): Promise<void> {
    const known = await inRun((tx) => knownImages(tx, tenant, registryId, repository));
    const mostTags = Math.min(limits.tagsOfRepository, limits.images - outcome.images);
    let read: Awaited<ReturnType<typeof readTags>>;
    try {
      read = await readTags(client, repository, { mode, known, mostTags });
    } catch (error) {
      if (!(error instanceof ScanError) || isOfWholeRegistry(error)) throw error;
      // This login may not see the repository, or it cannot be listed now: what is known of it stays.
      note(`${repository}: ${error.message}`);
      outcome.images += known.length;
      return;
    }
    for (const problem of read.problems) note(problem);
    const { found, present } = read;
    const counts = await inRun(async (tx) => {
      const now = await platform.clock.now(tx);
      return changeRepository({ tx, tenant, now }, { registryId, repository, found, present });
    });
    outcome.added += counts.added;
    outcome.changed += counts.changed;
    outcome.removed += counts.removed;
    outcome.images += read.present.length;
    outcome.notImages += read.notImages;
  }
}

export function emptyOutcome(): SyncOutcome {
  return {
    added: 0,
    changed: 0,
    removed: 0,
    images: 0,
    notImages: 0,
    problemCount: 0,
    problems: [],
    failure: undefined,
    health: undefined,
  };
}

async function listRepositories(client: RegistryClient, most: number, note: (problem: string) => void) {
  const names: string[] = [];
  for await (const name of client.repositories()) {
    if (!isRepository(name)) note('the catalogue names a repository that cannot be one');
    else if (names.length < most) names.push(name);
    else {
      note(`the registry has more than ${most} repositories; the rest is left out`);
      break;
    }
  }
  return { names };
}
