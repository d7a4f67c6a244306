import type { IndexedFile } from '../model.ts';
import { PathFilter } from './path-filter.ts';

/** The files of a layer that held something. Of several with one path the last counts; the others are buried. */
export class LayerFiles {
  /** What is gone stays as undefined: a map that loses and gets one key again and again becomes slow. */
  readonly #files = new Map<string, IndexedFile | undefined>();
  /** What is directly in a folder: paths of files that are kept, and of folders with such files in them. */
  readonly #inside = new Map<string, Set<string>>();
  readonly #buried: IndexedFile[] = [];
  /** The keys of both maps. */
  readonly #known = new PathFilter();

  get(path: string): IndexedFile | undefined {
    return this.#files.get(path);
  }

  set(file: IndexedFile): void {
    this.#files.set(file.path, file);
    this.#known.add(file.path);
    for (let path = file.path, at = path.lastIndexOf('/'); at >= 0; at = path.lastIndexOf('/')) {
      const folder = path.slice(0, at);
      const known = this.#inside.get(folder);
      const isKnown = known !== undefined && known.size > 0;
      if (known === undefined) {
        this.#inside.set(folder, new Set([path]));
        this.#known.add(folder);
      } else known.add(path);
      // The folders above know of it already.
      if (isKnown) return;
      path = folder;
    }
  }

  /**
   * An entry of this path comes: what had it before is gone, and what was in a folder that becomes a file. Takes time only for
   * what it finds there, however often an archive says so.
   */
  replace(path: string, byFolder: boolean): void {
    if (!this.#known.mayHold(path)) return;
    this.#bury(path);
    if (byFolder) return;
    const folders = [path];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const inside = this.#inside.get(folder);
      if (inside === undefined) continue;
      const paths = [...inside];
      inside.clear();
      for (const one of paths) {
        this.#bury(one);
        folders.push(one);
      }
    }
  }

  finish(): IndexedFile[] {
    return [...this.#buried, ...[...this.#files.values()].filter((file) => file !== undefined)];
  }

  /** Packages that nobody sees are none; a secret is one for everybody who has the layer. */
  #bury(path: string): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#files.set(path, undefined);
    const { sizeBytes, secrets } = file;
    if (secrets !== undefined) this.#buried.push({ path, sizeBytes, secrets, buried: true });
  }
}
