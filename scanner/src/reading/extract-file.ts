import { BudgetExceeded } from '../budget.ts';
import type { IndexedFile } from '../model.ts';
import { type ByteSource, type Extractor, PackageUnreadable } from '../packages/extractor.ts';
import { extractorOf, extractors } from '../packages/registry.ts';
import { databaseCandidate } from './database-paths.ts';
import { FileTooLarge } from './entry-content.ts';
import { LayerProblem } from './layer-problem.ts';
import type { ReasonList } from './reason-list.ts';

export interface WantedFile {
  extractor: Extractor;
  /** Where the extractor reads it under another path. */
  as?: string;
}

/** Which extractor reads a file of this path, if any. */
export function wantedBy(path: string, entry: { sizeBytes: number; mode: number }): WantedFile | undefined {
  const extractor = extractorOf(path, entry);
  if (extractor !== undefined) return { extractor };
  const candidate = databaseCandidate(path);
  const other = candidate === undefined ? undefined : extractors.get(candidate.extractor);
  return candidate === undefined || other === undefined ? undefined : { extractor: other, as: candidate.as };
}

/** What an extractor reads out of a file; undefined where it told of nothing or could not be read (see `reasons`). */
export function extractFile(
  { extractor, as }: WantedFile,
  path: string,
  content: ByteSource,
  reasons: ReasonList,
): Pick<IndexedFile, 'extractor' | 'as' | 'packages' | 'owned' | 'operatingSystem'> | undefined {
  const { maxBytes } = extractor;
  try {
    if (maxBytes > 0 && content.sizeBytes > maxBytes) {
      throw new FileTooLarge(`larger than the ${maxBytes} bytes that are read of such a file`);
    }
    const { packages, owned = [], operatingSystem, problem } = extractor.extract(as ?? path, content);
    // A file that only has the name of a database owes us nothing, unless it is one.
    if (problem !== undefined && (as === undefined || packages.length > 0))
      reasons.add('package-unreadable', problem, path);
    if (packages.length === 0 && owned.length === 0 && operatingSystem === undefined) return undefined;
    return {
      extractor: extractor.name,
      ...(as === undefined ? {} : { as }),
      packages,
      ...(owned.length === 0 ? {} : { owned }),
      ...(operatingSystem === undefined ? {} : { operatingSystem }),
    };
  } catch (error) {
    if (error instanceof LayerProblem || error instanceof BudgetExceeded) throw error;
    // A file that only has the name of a database owes us nothing.
    if (as !== undefined) return undefined;
    if (error instanceof FileTooLarge) reasons.add(error.code, error.message, path);
    else if (error instanceof PackageUnreadable) reasons.add(error.code, error.message, path);
    // Whatever hostile bytes make an extractor do, it is this one file that cannot be read.
    else reasons.add('package-unreadable', `${extractor.name}: ${String(error)}`.slice(0, 500), path);
    return undefined;
  }
}
