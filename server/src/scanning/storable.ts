/** Values from hostile images in forms that the database takes. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** PostgreSQL's text has no U+0000, names in a layer may; half of a surrogate pair is no character in UTF-8. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** All texts of a JSON value, keys too, made storable; for `jsonb`. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? storableText(part) : part));
}

/** JSON as compressed bytes, exact as it is. */
export async function packJson(value: unknown): Promise<Buffer> {
  return compress(JSON.stringify(value));
}

/** What {@link packJson} made; the caller parses it. */
export async function unpackJson(bytes: Uint8Array): Promise<unknown> {
  return JSON.parse((await decompress(bytes)).toString('utf8')) as unknown;
}

/** A key of fixed length for what is told by several texts of any length. */
export function digestOf(...parts: readonly (string | number | boolean)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
