import { PackageUnreadable } from '../extractor.ts';

/** No byte of a database belongs to two packages: more than the file's size is asked for by one that was made to hurt. */
export class Allowance {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Throws `PackageUnreadable` when the packages were larger than the file. */
  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new PackageUnreadable('the packages of an rpm database overlap');
  }
}
