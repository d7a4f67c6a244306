import type { SecretHit } from '../model.ts';
import { fingerprint, redact } from './redact.ts';
import { type Match, settleOverlaps } from './settle-overlaps.ts';

/** What is told of matches in a file: one hit for each value of a rule in a line, by line, no value shown. */
export function hitsOf(matches: readonly Match[], bytes: Uint8Array): SecretHit[] {
  const seen = new Set<string>();
  const hits: SecretHit[] = [];
  let line = 1;
  let counted = 0;
  for (const { rule, start, secret } of settleOverlaps(matches)) {
    for (let at = bytes.indexOf(0x0a, counted); at >= 0 && at < start; at = bytes.indexOf(0x0a, at + 1)) {
      line++;
      counted = at + 1;
    }
    const hit: SecretHit = {
      rule: rule.id,
      title: rule.title,
      severity: rule.severity,
      ...(rule.tags.length > 0 ? { tags: rule.tags } : {}),
      line: secret === '' ? 0 : line,
      redacted: redact(secret),
      fingerprint: fingerprint(secret === '' ? bytes : secret),
    };
    const key = `${hit.line} ${hit.rule} ${hit.fingerprint}`;
    if (!seen.has(key)) hits.push(hit);
    seen.add(key);
  }
  return hits;
}
