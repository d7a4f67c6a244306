import { Budget, BudgetExceeded } from '../budget.ts';
import { ScanError } from '../model.ts';
import { FileRange } from '../reading/byte-supply.ts';
import { LayerProblem } from '../reading/layer-problem.ts';
import { MeteredSupply } from '../reading/metered-supply.ts';
import { normalPath } from '../reading/normal-path.ts';
import { TarWalk } from '../reading/tar-walk.ts';

/** Where a file of an archive lies. */
export interface ArchiveFile {
  offset: number;
  length: number;
}

type Entry = ArchiveFile | { link: string };

/** An archive of images has some ten entries for each layer. */
const mostEntries = 100_000;
const mostHops = 10;

/**
 * The files of a tar archive that holds images. The parent walks these few headers itself: that is plain code on bytes,
 * without a decoder of the system, and what is in the layers stays with the children.
 */
export class ArchiveTable {
  readonly #entries = new Map<string, Entry>();

  /** Walks all headers. Throws `ScanError`. */
  constructor(fd: number, name: string) {
    try {
      const budget = new Budget({ entries: mostEntries, bytes: Number.MAX_SAFE_INTEGER, timeMs: 60_000 });
      const walk = new TarWalk(new MeteredSupply(new FileRange(fd, 0, Number.MAX_SAFE_INTEGER), budget, false));
      while (walk.next()) {
        budget.takeEntry();
        const path = walk.name === undefined ? undefined : normalPath(walk.name);
        if (path !== undefined) this.#take(path, walk);
      }
    } catch (error) {
      if (!(error instanceof LayerProblem) && !(error instanceof BudgetExceeded)) throw error;
      const what = error.code === 'layer-truncated' ? 'is cut off' : 'is no archive of images';
      throw new ScanError(
        { code: 'target-unreadable', message: `${name} ${what}: ${error.message}` },
        { cause: error },
      );
    }
  }

  /** Older versions of Docker save a layer that comes twice as a link to the first. */
  get(path: string): ArchiveFile | undefined {
    let at = normalPath(path);
    for (let hop = 0; hop < mostHops && at !== undefined; hop += 1) {
      const entry = this.#entries.get(at);
      if (entry === undefined || !('link' in entry)) return entry;
      at = normalPath(entry.link);
    }
    return undefined;
  }

  #take(path: string, walk: TarWalk): void {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    if (walk.kind === 'file') this.#entries.set(path, { offset: walk.window.position, length: walk.sizeBytes });
    else if (walk.kind === 'hardlink') this.#entries.set(path, { link: walk.linkName });
    else if (walk.kind === 'symlink') this.#entries.set(path, { link: folder + walk.linkName });
  }
}
