/** More hops than Linux allows: a cycle. */
const mostHops = 40;

/** Symbolic links of an image near its root, and where paths lead through them. A link never leads out of the root. */
export class LinkMap {
  readonly #links = new Map<string, string>();
  readonly #folders = new Map<string, string>();
  #longest = 0;

  set(path: string, target: string): void {
    this.#links.set(path, target);
    this.#longest = Math.max(this.#longest, path.length);
    this.#folders.clear();
  }

  has(path: string): boolean {
    return this.#links.has(path);
  }

  delete(path: string): void {
    if (this.#links.delete(path)) this.#folders.clear();
  }

  get size(): number {
    return this.#links.size;
  }

  get paths(): Iterable<string> {
    return this.#links.keys();
  }

  /** The path with links on the way to it followed, not the last component; as it is where they turn in a circle. */
  inFolder(path: string): string {
    if (this.#links.size === 0) return path;
    const slash = path.lastIndexOf('/');
    if (slash < 0) return path;
    const folder = path.slice(0, slash);
    const real = this.inside(folder);
    if (real === folder) return path;
    return real === '' ? path.slice(slash + 1) : `${real}${path.slice(slash)}`;
  }

  /** Where things in a folder really lie: all links of its path followed; as it is where they turn in a circle. */
  inside(folder: string): string {
    if (!this.#leadsElsewhere(folder)) return folder;
    let real = this.#folders.get(folder);
    if (real === undefined) {
      real = this.resolve(folder) ?? folder;
      this.#folders.set(folder, real);
    }
    return real;
  }

  /** Whether a link stands at the path or above it: links are near the root, and most paths lead past them all. */
  #leadsElsewhere(path: string): boolean {
    if (this.#links.size === 0) return false;
    for (let at = path.indexOf('/'); at >= 0 && at <= this.#longest; at = path.indexOf('/', at + 1)) {
      if (this.#links.has(path.slice(0, at))) return true;
    }
    return path.length <= this.#longest && this.#links.has(path);
  }

  /** Where a path leads when all links are followed; undefined when they turn in a circle. */
  resolve(path: string): string | undefined {
    const pending = path.split('/').reverse();
    const reached: string[] = [];
    let hops = 0;
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        reached.pop();
        continue;
      }
      reached.push(part);
      const target = this.#links.get(reached.join('/'));
      if (target === undefined) continue;
      hops += 1;
      // A target can be 4 KB of slashes and points: bounded like the hops.
      if (hops > mostHops || pending.length > 4096) return undefined;
      if (target.startsWith('/')) reached.length = 0;
      else reached.pop();
      pending.push(...target.split('/').reverse());
    }
    return reached.join('/');
  }
}
