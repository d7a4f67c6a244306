import { parse } from 'smol-toml';
import { type ByteSource, PackageUnreadable, readText } from './extractor.ts';
import { checkStructure } from './structure.ts';

/** A whole file as TOML; `what` names it in the error. Throws `PackageUnreadable`. */
export function readToml(bytes: ByteSource, what: string): unknown {
  checkStructure(bytes.read(0, bytes.sizeBytes), 'TOML', what);
  try {
    return parse(readText(bytes));
  } catch (error) {
    throw new PackageUnreadable(`${what} is not TOML`, { cause: error });
  }
}
