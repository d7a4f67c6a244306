import { nameStart } from './normal-path.ts';

const slashCode = 0x2f;
/** What JSON writes with up to six bytes. */
const notPlain = /[^ !#-[\]-~]/;

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
  /** Bytes of the list so far, as JSON, or a little more. */
  bytes = 0;

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
    let from = nameStart(path, path.length - 1);
    let shared = this.#beforeDepth;
    if (from !== this.#beforeFolder.length || !path.startsWith(this.#beforeFolder)) {
      const folder = path.slice(0, from);
      [shared, from] = sharedComponents(this.#before, path);
      this.#beforeFolder = folder;
      this.#beforeDepth = countSlashes(folder);
    }
    this.#before = path;
    const part = `${shared.toString(36)}/${path.slice(from)}`;
    this.#parts.push(part);
    this.bytes += 2 + (notPlain.test(part) ? 6 * part.length : part.length);
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
}

/** Paths of a list that follow one another and lie in the same folder. */
export interface ListedFolder {
  /** Empty for the root. */
  folder: string;
  /** Reads the paths; whoever does not ask saves most of the work. */
  paths: () => Iterable<ListedPath>;
}

/** Unpacks a list. What no packer would write gives wrong paths, but never an error or an endless one. */
export function* unpackPaths(list: string): Generator<ListedPath> {
  for (const { paths } of unpackFolders(list)) yield* paths();
}

/** Unpacks a list folder by folder. A folder comes again where others lie between its paths. */
export function* unpackFolders(list: string): Generator<ListedFolder> {
  let before: string[] = [];
  for (let first = entryAt(list, 0); first !== undefined; ) {
    const components = [...before.slice(0, first.shared), ...list.slice(first.from, first.end).split('/')];
    if (components.at(-1) === '') components.pop();
    components.pop();
    const folder = components.join('/');
    const group: Entry[] = [first];
    let next = entryAt(list, first.end + 2);
    while (next !== undefined && next.shared === components.length && isSingle(list, next)) {
      group.push(next);
      next = entryAt(list, next.end + 2);
    }
    yield { folder, paths: () => group.map((entry) => pathOf(list, folder, entry)) };
    const { path } = pathOf(list, folder, group.at(-1) ?? first);
    before = [...components, path.slice(path.lastIndexOf('/') + 1)];
    first = next;
  }
}

/** Where an entry stands in the text: the components that it shares with the one before, and its own. */
interface Entry {
  shared: number;
  from: number;
  end: number;
}

function entryAt(list: string, at: number): Entry | undefined {
  if (at >= list.length) return undefined;
  const slash = list.indexOf('/', at);
  if (slash < 0) return undefined;
  let end = list.indexOf('//', slash + 1);
  // A folder's own slash stands before the two that part it from the next.
  if (end >= 0 && list[end + 2] === '/') end += 1;
  if (end < 0) end = list.length;
  return { shared: Number.parseInt(list.slice(at, slash), 36) || 0, from: slash + 1, end };
}

/** Whether the entry's own part is one component. */
function isSingle(list: string, { from, end }: Entry): boolean {
  const slash = list.indexOf('/', from);
  return slash < 0 || slash >= end - 1;
}

function pathOf(list: string, folder: string, { from, end }: Entry): ListedPath {
  const isFolder = end > from && list.charCodeAt(end - 1) === slashCode;
  const own = list.slice(from, isFolder ? end - 1 : end);
  const name = own.slice(own.lastIndexOf('/') + 1);
  return { path: folder === '' ? name : `${folder}/${name}`, isFolder };
}
