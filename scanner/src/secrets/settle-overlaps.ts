/** One secret, one hit: where several rules find the same text, the one that says most of it stays. */
import type { SecretRule } from './compile-rule.ts';

/** A match of a rule, before it becomes a hit. Offsets are those of the secret in the file. */
export interface Match {
  rule: SecretRule;
  order: number;
  /** Of all that matched. */
  matchStart: number;
  start: number;
  end: number;
  secret: string;
}

/** The matches that stay, by place. */
export function settleOverlaps(matches: readonly Match[]): Match[] {
  const kept: Match[] = [];
  for (const cluster of clusters(matches)) {
    const chosen: Match[] = [];
    for (const match of cluster.sort(byRank)) {
      if (!chosen.some((other) => match.start < other.end && other.start < match.end)) chosen.push(match);
    }
    kept.push(...chosen.sort((a, b) => a.start - b.start));
  }
  return kept;
}

/** Groups of matches that hang together by overlapping. */
function* clusters(matches: readonly Match[]): Generator<Match[]> {
  let cluster: Match[] = [];
  let end = -1;
  for (const match of matches.toSorted((a, b) => a.start - b.start)) {
    if (match.start >= end && cluster.length > 0) {
      yield cluster;
      cluster = [];
    }
    cluster.push(match);
    end = Math.max(end, match.end);
  }
  if (cluster.length > 0) yield cluster;
}

/** The vaguer rule comes last; then the longer keyword tells more, then the longer secret, then the order in the file. */
function byRank(a: Match, b: Match): number {
  return (
    vagueness(a.rule) - vagueness(b.rule) ||
    longestKeyword(b.rule) - longestKeyword(a.rule) ||
    b.end - b.start - (a.end - a.start) ||
    a.order - b.order
  );
}

/** A rule may give way to all others though it names a thing: less so than those that know only a word beside a value. */
function vagueness({ id, generic }: SecretRule): number {
  return Number(generic) + Number(id.startsWith('generic'));
}

function longestKeyword(rule: SecretRule): number {
  return rule.keywords.reduce((longest, keyword) => Math.max(longest, keyword.length), 0);
}
