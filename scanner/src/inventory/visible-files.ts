import type { IndexedFile, LayerIndex } from '../model.ts';
import { unpackFolders } from '../reading/path-list.ts';
import { LinkMap } from './link-map.ts';

/** A file of some layer, with what stood at its path below it. */
export interface StandingFile {
  path: string;
  layer: string;
  file: IndexedFile;
  /** What stood at the same path in the layers below, the nearest first, as far as it stood there without a break. */
  below: StandingFile[];
}

const slash = 0x2f;

/**
 * Files that held something, layer put upon layer: which of them the top sees, and which are hidden. What hides is told by
 * each layer's paths, whiteouts and opaque folders; links of lower layers are followed on the way, as unpacking does.
 */
export class VisibleFiles {
  readonly hidden: StandingFile[] = [];
  readonly links = new LinkMap();
  readonly #files = new Map<string, StandingFile>();

  get visible(): Iterable<StandingFile> {
    return this.#files.values();
  }

  get(path: string): StandingFile | undefined {
    return this.#files.get(path);
  }

  put(index: LayerIndex): void {
    const replaced = this.#hideBelow(index);
    for (const { path, target } of index.links) this.links.set(this.links.inFolder(path), target);
    for (const file of index.files) {
      const path = this.links.inFolder(file.path);
      const standing: StandingFile = { path, layer: index.diffId, file, below: [] };
      if (file.buried === true) {
        this.hidden.push(standing);
        continue;
      }
      const before = replaced.get(path);
      if (before !== undefined && before.file.extractor === file.extractor) standing.below = [before, ...before.below];
      this.#files.set(path, standing);
    }
  }

  /** Takes away what this layer hides; gives the files that it puts something in the place of. */
  #hideBelow(index: LayerIndex): Map<string, StandingFile> {
    const replaced = new Map<string, StandingFile>();
    const { links } = this;
    if (this.#files.size === 0 && links.size === 0) return replaced;
    const standsAt = (path: string) => this.#files.has(path) || links.has(path);
    const folders = foldersOf([...this.#files.keys(), ...links.paths]);
    const doomed = new Doomed();
    for (const written of index.removed) {
      const path = links.inFolder(written);
      if (standsAt(path)) doomed.paths.add(path);
      if (folders.has(path)) doomed.inside.add(path);
    }
    for (const folder of index.opaque) doomed.inside.add(links.inFolder(folder));
    let before = '';
    for (const { folder: written, paths } of unpackFolders(index.paths)) {
      const folder = links.inside(written);
      // What a path newly goes through is a folder now: a file of that name is gone.
      for (const above of foldersAbove(`${folder}/`, sharedLength(before, folder))) {
        if (this.#files.has(above)) doomed.paths.add(above);
      }
      before = folder;
      // Where nothing stands nothing is hidden: most folders of an image hold no file that tells of anything.
      if (folder !== '' && !folders.has(folder)) continue;
      for (const { path: own, isFolder } of paths()) {
        const path = inFolder(folder, own);
        // A folder takes the place of a link; where only what is in it is told, the link is followed.
        if (isFolder) links.delete(path);
        const standing = this.#files.get(path);
        if (standing !== undefined && !isFolder) replaced.set(path, standing);
        if (standsAt(path)) doomed.paths.add(path);
        if (!isFolder && folders.has(path)) doomed.inside.add(path);
      }
    }
    this.#carryOut(doomed);
    return replaced;
  }

  #carryOut(doomed: Doomed): void {
    for (const standing of this.#files.values()) {
      if (!doomed.covers(standing.path)) continue;
      this.#files.delete(standing.path);
      this.hidden.push(standing);
    }
    for (const path of this.links.paths) if (doomed.covers(path)) this.links.delete(path);
  }
}

/** Paths that a layer hides: by themselves, or by a folder that they are in. */
class Doomed {
  readonly paths = new Set<string>();
  readonly inside = new Set<string>();

  covers(path: string): boolean {
    if (this.paths.has(path) || this.inside.has('')) return true;
    if (this.inside.size === 0) return false;
    for (const folder of foldersAbove(path)) if (this.inside.has(folder)) return true;
    return false;
  }
}

/** The path under the folder that its own leads to. */
function inFolder(folder: string, path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return folder === '' ? name : `${folder}/${name}`;
}

function foldersOf(paths: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      // Then those above it are there as well.
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}

/** `a`, `a/b` for `a/b/c`; those of at most `known` letters are left out. */
function* foldersAbove(path: string, known = 0): Generator<string> {
  for (let at = path.indexOf('/', known + 1); at >= 0; at = path.indexOf('/', at + 1)) yield path.slice(0, at);
}

/** Of two folders: how long the one is that both are in, or are. */
function sharedLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let shared = 0;
  let at = 0;
  for (; at < most && a.charCodeAt(at) === b.charCodeAt(at); at += 1) if (a.charCodeAt(at) === slash) shared = at;
  const isWhole = at === most && (at === a.length || a[at] === '/') && (at === b.length || b[at] === '/');
  return isWhole ? at : shared;
}
