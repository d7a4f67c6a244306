/**
 * Paths in one text: each as the number of leading components that it shares with the one before (base 36), and the rest;
 * `//` between them, which stands in no path. A path with a `/` behind is a folder. `usr/bin/a`, `usr/bin/b`, `var/` is
 * `0/usr/bin/a//2/b//0/var/`: a third of the paths' own length.
 */
export class PathPacker {
  #parts: string[] = [];
  #chunks: string[] = [];
  #before: string[] = [];
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
    const components = path.split('/');
    const before = this.#before;
    const most = Math.min(components.length, before.length) - 1;
    let shared = 0;
    while (shared < most && components[shared] === before[shared]) shared += 1;
    this.#before = components;
    this.#parts.push(`${shared.toString(36)}/${shared === 0 ? path : components.slice(shared).join('/')}`);
    this.count += 1;
    // Joined now and then, so that a million small texts do not stay.
    if (this.#parts.length === 4096) {
      this.#chunks.push(this.#parts.join('//'));
      this.#parts = [];
    }
  }
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
