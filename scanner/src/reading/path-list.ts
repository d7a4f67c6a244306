const slashCode = 0x2f;

/**
 * Paths in one text: each as the number of leading components that it shares with the one before (base 36), and the rest;
 * `//` between them, which stands in no path. A path with a `/` behind is a folder. `usr/bin/a`, `usr/bin/b`, `var/` is
 * `0/usr/bin/a//2/b//0/var/`: a third of the paths' own length.
 */
export class PathPacker {
  #parts: string[] = [];
  #chunks: string[] = [];
  #before = '';
  /** The folder of the path before, with its slash, and how many components it has: most paths share it whole. */
  #beforeFolder = '';
  #beforeDepth = 0;
  /** Folders are kept only when nothing is in them: what is in them tells of them. */
  #folder: string | undefined;
  /** How many paths there are in the list so far. */
  count = 0;

  addFile(path: string): void {
    if (this.#folder !== undefined && !path.startsWith(this.#folder)) this.#add(this.#folder);
    this.#folder = undefined;
    this.#add(path);
  }

  /** `kept` says that the folder is told of in any case. */
  addFolder(path: string, kept = false): void {
    const folder = `${path}/`;
    if (this.#folder !== undefined && !folder.startsWith(this.#folder)) this.#add(this.#folder);
    this.#folder = kept ? undefined : folder;
    if (kept) this.#add(folder);
  }

  finish(): string {
    if (this.#folder !== undefined) this.#add(this.#folder);
    this.#folder = undefined;
    this.#chunks.push(this.#parts.join('//'));
    return this.#chunks.filter((chunk) => chunk !== '').join('//');
  }

  #add(path: string): void {
    // A folder's own slash is no end of a folder above it.
    const folder = path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
    let shared = this.#beforeDepth;
    let from = folder.length;
    if (folder !== this.#beforeFolder) {
      [shared, from] = sharedComponents(this.#before, path);
      this.#beforeFolder = folder;
      this.#beforeDepth = countSlashes(folder);
    }
    this.#before = path;
    this.#parts.push(`${shared.toString(36)}/${path.slice(from)}`);
    this.count += 1;
    // Joined now and then, so that a million small texts do not stay.
    if (this.#parts.length === 4096) {
      this.#chunks.push(this.#parts.join('//'));
      this.#parts = [];
    }
  }
}

/** How many leading components two paths share, and where in them the first other one begins. */
function sharedComponents(a: string, b: string): [number, number] {
  const most = Math.min(a.length, b.length);
  let shared = 0;
  let from = 0;
  for (let at = 0; at < most && a.charCodeAt(at) === b.charCodeAt(at); at += 1) {
    // Something has to be left of both.
    if (a.charCodeAt(at) !== slashCode || at + 1 === a.length || at + 1 === b.length) continue;
    shared += 1;
    from = at + 1;
  }
  return [shared, from];
}

function countSlashes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) count += 1;
  return count;
}

/** One path of a list. */
export interface ListedPath {
  path: string;
  isFolder: boolean;
  /** Components that the path shares with the one before it. */
  shared: number;
}

/** Unpacks a list. What no packer would write gives wrong paths, but never an error or an endless one. */
export function* unpackPaths(list: string): Generator<ListedPath> {
  if (list === '') return;
  let before: string[] = [];
  for (let at = 0; at <= list.length; ) {
    const slash = list.indexOf('/', at);
    if (slash < 0) return;
    let end = list.indexOf('//', slash + 1);
    // A folder's own slash stands before the two that part it from the next.
    if (end >= 0 && list[end + 2] === '/') end += 1;
    if (end < 0) end = list.length;
    const shared = Math.min(Number.parseInt(list.slice(at, slash), 36) || 0, before.length);
    const components = [...before.slice(0, shared), ...list.slice(slash + 1, end).split('/')];
    const isFolder = components.at(-1) === '';
    if (isFolder) components.pop();
    before = components;
    yield { path: components.join('/'), isFolder, shared };
    at = end + 2;
  }
}
