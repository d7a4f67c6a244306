import { createHash } from 'node:crypto';

/** A `bom-ref` for things whose names can be anything: equal in the next scan for what is the same. */
export function stableRef(kind: string, ...parts: readonly string[]): string {
  return `${kind}:${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24)}`;
}
