import type { IndexedFile } from '../model.ts';

/** The files of a layer that held something. Of several with one path the last counts; the others are buried. */
export class LayerFiles {
  readonly #files = new Map<string, IndexedFile>();
  readonly #folders = new Set<string>();
  readonly #buried: IndexedFile[] = [];

  get(path: string): IndexedFile | undefined {
    return this.#files.get(path);
  }

  set(file: IndexedFile): void {
    const { path } = file;
    this.#files.set(path, file);
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) this.#folders.add(path.slice(0, at));
  }

  /** An entry of this path comes: what had it before is gone, and what was in a folder that becomes a file. */
  replace(path: string, byFolder: boolean): void {
    const before = this.#files.get(path);
    if (before !== undefined) this.#bury(before);
    if (byFolder || !this.#folders.has(path)) return;
    const inside = `${path}/`;
    for (const file of this.#files.values()) if (file.path.startsWith(inside)) this.#bury(file);
  }

  finish(): IndexedFile[] {
    return [...this.#buried, ...this.#files.values()];
  }

  /** Packages that nobody sees are none; a secret is one for everybody who has the layer. */
  #bury(file: IndexedFile): void {
    this.#files.delete(file.path);
    const { path, sizeBytes, secrets } = file;
    if (secrets !== undefined) this.#buried.push({ path, sizeBytes, secrets, buried: true });
  }
}
