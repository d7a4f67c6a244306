/** The folder in which all classes lie that it was told of. */
export class CommonFolder {
  #folder: string | undefined;

  /** Takes the name of an entry; what is no class, or one for certain releases of Java only, says nothing. */
  take(name: string): void {
    if (!name.endsWith('.class') || name.startsWith('META-INF/')) return;
    // The description of a module stands beside all folders.
    if (name === 'module-info.class') return;
    this.#folder ??= name.slice(0, name.lastIndexOf('/') + 1);
    while (!name.startsWith(this.#folder)) {
      this.#folder = this.#folder.slice(0, this.#folder.lastIndexOf('/', this.#folder.length - 2) + 1);
    }
  }

  /** With a `/` behind; empty where there are no classes, or none of one folder. */
  get folder(): string {
    return this.#folder ?? '';
  }
}
