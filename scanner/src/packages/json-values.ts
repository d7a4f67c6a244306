/** Looking into JSON of strangers: what is not of the expected shape is empty. */
import { type ByteSource, decodeText, PackageUnreadable } from './extractor.ts';
import { checkStructure } from './structure.ts';

/** A whole file as JSON; `what` names it in the error. Throws `PackageUnreadable`. */
export function readJson(bytes: ByteSource, what: string): unknown {
  return parseJson(bytes.read(0, bytes.sizeBytes), what);
}

/** Throws `PackageUnreadable`. */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  checkStructure(bytes, 'JSON', what);
  try {
    return JSON.parse(decodeText(bytes));
  } catch (error) {
    throw new PackageUnreadable(`${what} is not JSON`, { cause: error });
  }
}

/** Names and values of an object; nothing for any other value, also for a list. */
export function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A field of its own, by name. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
