/** Severity as the wire has it: 1 low, 2 medium, 3 high, 4 critical. Source: contract, semantics.md. */
import type { Severity } from '@wharfinger/scanner';

export type Level = 1 | 2 | 3 | 4;

/** What nobody has judged counts as medium: neither hidden at the bottom nor shouted from the top. */
const levels = { low: 1, unknown: 2, medium: 2, high: 3, critical: 4 } as const satisfies Record<Severity, Level>;

export function levelOf(severity: Severity): Level {
  return levels[severity];
}
