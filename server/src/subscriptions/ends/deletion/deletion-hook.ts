/** How a domain deletes what it has of a tenant when something came to its end. Source: product rules, 2, 4, 5 and 6. */
import type { Product } from '../../../catalog/index.ts';
import type { AppTransaction } from '../../../platform/database/index.ts';

/** What can come to its end: the trial with its gifts, or an instance of a product. */
export type Ended = Product | 'trial';

/** A part of the work: one transaction. */
export interface DeletionPiece {
  readonly tx: AppTransaction;
  readonly tenant: bigint;
  readonly ended: Ended;
  /** The instant of the end. */
  readonly endedAt: Temporal.Instant;
  /** About so many rows go in one piece. */
  readonly limit: number;
}

/** Rows that a piece has deleted, by kind; every kind is named, so that a report also says what there was none of. */
export type DeletedCounts = Readonly<Record<string, number>>;

export interface DeletionHook {
  readonly domain: string;
  /** At whose end it has something to delete. */
  readonly of: readonly Ended[];
  /**
   * Deletes some of what this domain has, and says how many; asked again until it has deleted nothing. While a deletion
   * runs nothing new comes ({@link requireNoDeletion}), so all that is there is old.
   */
  deletePiece(piece: DeletionPiece): Promise<DeletedCounts>;
  /**
   * The same for what is kept for some time after the destruction of a professional edition (alarm history): only of
   * what happened before `endedAt`, since more may have come since.
   */
  deleteKeptPiece?(piece: DeletionPiece): Promise<DeletedCounts>;
}

let installed: readonly DeletionHook[] = [];

/** Installs the process's one list of hooks, in the order in which they run. */
export function installDeletionHooks(list: readonly DeletionHook[]): void {
  if (installed.length > 0 && installed !== list) throw new Error('the deletion hooks are already installed');
  installed = list;
}

export function deletionHooks(): readonly DeletionHook[] {
  return installed;
}
