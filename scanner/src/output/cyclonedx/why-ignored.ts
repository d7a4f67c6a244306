import type { IgnoredFinding } from '../../model.ts';

/** A sentence that says what took a finding out of the lists, begun by a space. */
export function whyIgnored({ by, reason, expires }: Pick<IgnoredFinding, 'by' | 'reason' | 'expires'>): string {
  const what = by === 'ignore-file' ? 'the ignore file' : 'the wish to see only what can be mended';
  return ` Left out by ${what}${expires === undefined ? '' : ` until ${expires}`}: ${reason}`;
}
