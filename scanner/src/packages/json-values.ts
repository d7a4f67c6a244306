/** Looking into JSON of strangers: what is not of the expected shape is empty. */
import { type ByteSource, PackageUnreadable, readText } from './extractor.ts';

/** A whole file as JSON; `what` names it in the error. Throws `PackageUnreadable`. */
export function readJson(bytes: ByteSource, what: string): unknown {
  try {
    return JSON.parse(readText(bytes));
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
