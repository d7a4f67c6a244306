import type { OperatingSystem, OwnedFiles, Package } from '../model.ts';

/** Random access to one file of a layer. */
export interface ByteSource {
  readonly sizeBytes: number;
  /**
   * Fewer bytes than asked only at the end. The view is valid until the next read: copy what stays, by `new Uint8Array`
   * and not by `slice`, which copies nothing where the view is a `Buffer`.
   */
  read(offset: number, length: number): Uint8Array;
}

/** Reads the packages that one kind of file tells of. Throws {@link PackageUnreadable} for a file that is broken. */
export interface Extractor {
  readonly name: string;
  /** The file names that it may want, and with a dot before them the last parts of names; without them it is asked for every file. */
  readonly fileNames?: readonly string[];
  /** The file says what is to be installed, not what is: see `inventory/carried-out.ts`. */
  readonly isLock?: true;
  /** Cheap: looks at path, size and mode only. */
  wants(path: string, entry: { sizeBytes: number; mode: number }): boolean;
  /** A larger file is reported `file-too-large` instead of read; 0 = random access, any size. */
  readonly maxBytes: number;
  extract(path: string, bytes: ByteSource): Extracted;
}

/** What a file tells of. */
export interface Extracted {
  packages: Package[];
  operatingSystem?: OperatingSystem;
  /** Files of the distribution's packages that tell of packages themselves (see `owned-files.ts`). */
  owned?: OwnedFiles[];
  /** Why these are not all packages that the file tells of: reason code `package-unreadable`. */
  problem?: string;
}

/** The file is of a kind that tells of packages, but cannot be understood: reason code `package-unreadable`. */
export class PackageUnreadable extends Error {
  readonly code = 'package-unreadable';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PackageUnreadable';
  }
}

const utf8 = new TextDecoder('utf-8');

/** Bytes that are not UTF-8 become U+FFFD; a byte order mark is dropped. */
export function decodeText(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** A whole file as text. */
export function readText(bytes: ByteSource): string {
  return decodeText(bytes.read(0, bytes.sizeBytes));
}

/** One line after the other: a list of them all may take eight times the memory of the text. */
export function* linesOf(text: string): Generator<string> {
  for (let start = 0; start <= text.length; ) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end === -1 ? undefined : end);
    start = end === -1 ? text.length + 1 : end + 1;
  }
}
