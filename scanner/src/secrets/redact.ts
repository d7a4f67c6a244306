import { createHash } from 'node:crypto';

const MOST_SHOWN = 4;
const MASK = '********';

/** The first characters of a secret (at most four, at most a quarter of it) and a mask that does not tell its length. */
export function redact(latin1: string): string {
  const shown = latin1.slice(0, Math.min(MOST_SHOWN, Math.floor(latin1.length / MOST_SHOWN)));
  return shown.replaceAll(/[^\x20-\x7e]/g, '.') + MASK;
}

/** SHA-256 of the value's bytes, hex, first 16 digits. */
export function fingerprint(value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
