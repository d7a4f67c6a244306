import type { SystemTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { catalogDiff, type CatalogChange } from './catalog-diff.ts';
import type { CatalogDocument } from './catalog.ts';
import { currentCatalog, insertVersion, lockCatalog } from './store.ts';

export interface Publication {
  document: CatalogDocument;
  /** When it takes effect; never in the past, because what was bought then stays as it was. */
  effectiveFrom: Temporal.Instant;
  note: string;
  /** The version that the change was made from; refused when another one is in force at that time. */
  baseVersion?: bigint | undefined;
  /** Only tells what would change. */
  dryRun: boolean;
}

export interface PublishedCatalog {
  /** Undefined for a dry run. */
  version?: bigint;
  /** The version in whose place it comes. */
  replaces: bigint;
  changes: CatalogChange[];
}

/**
 * Publishes a version of the catalogue. Throws `InvalidParameterValue.EffectiveTime` for a time that has passed,
 * `FailedOperation.CatalogChanged` when it was made from another version than the one it would replace, and
 * `FailedOperation.CatalogUnchanged` when it would change nothing. Source: issue 4, 1.
 */
export async function publishCatalog(
  tx: SystemTransaction,
  publication: Publication,
  now: Temporal.Instant,
): Promise<PublishedCatalog> {
  const { document, effectiveFrom, note, baseVersion, dryRun } = publication;
  if (Temporal.Instant.compare(effectiveFrom, now) < 0) {
    throw new ActionError(
      'InvalidParameterValue.EffectiveTime',
      `a catalogue takes effect from now on (${now.toString()}) or later, never in the past`,
    );
  }
  await lockCatalog(tx);
  const { version: replaces, ...base } = await currentCatalog(tx, effectiveFrom);
  if (baseVersion !== undefined && baseVersion !== replaces) {
    throw new ActionError(
      'FailedOperation.CatalogChanged',
      `version ${replaces} is in force at that time, not ${baseVersion}; make the change from that one`,
    );
  }
  const changes = catalogDiff(base, document);
  if (changes.length === 0) {
    throw new ActionError('FailedOperation.CatalogUnchanged', `version ${replaces} says all of this already`);
  }
  if (dryRun) return { replaces, changes };
  const version = await insertVersion(tx, document, { effectiveFrom, publishedAt: now, note });
  return { version, replaces, changes };
}
