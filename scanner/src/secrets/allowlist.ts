/** What a rule set says is no secret, as gitleaks reads its allowlists. */
import { buildKeywordAutomaton, findKeywords, type KeywordAutomaton } from './keyword-automaton.ts';

export interface Allowlist {
  /** All of its checks must hold, or one. */
  all: boolean;
  paths: RegExp[];
  hasExpressions: boolean;
  readonly expressions: readonly RegExp[];
  /** An expression could take for ever. */
  readonly open: boolean;
  target: 'secret' | 'match' | 'line';
  stopwords: KeywordAutomaton | undefined;
  /** Names commits. A file of an image is of no commit, so this check never holds. */
  namesCommits: boolean;
}

/** A finding as allowlists see it. Texts are Latin-1. */
export interface Suspect {
  path: string;
  secret: string;
  match: string;
  line(): string;
}

/** Whether the allowlist lets a finding pass. */
export function allows(list: Allowlist, suspect: Suspect): boolean {
  const checks: boolean[] = [];
  if (list.namesCommits) checks.push(false);
  if (list.paths.length > 0) checks.push(list.paths.some((path) => path.test(suspect.path)));
  if (list.hasExpressions) {
    const text = list.target === 'line' ? suspect.line() : suspect[list.target];
    checks.push(list.expressions.some((expression) => expression.test(text)));
  }
  if (list.stopwords) checks.push(holdsWord(list.stopwords, suspect.secret));
  if (checks.length === 0) return false;
  return list.all ? checks.every(Boolean) : checks.some(Boolean);
}

/** Whether the allowlist lets everything in a file pass, whatever is found. */
export function allowsFile(list: Allowlist, path: string): boolean {
  const onlyPaths = !list.hasExpressions && !list.stopwords && !list.namesCommits;
  return (!list.all || onlyPaths) && list.paths.some((expression) => expression.test(path));
}

export function stopwordAutomaton(words: readonly string[]): KeywordAutomaton | undefined {
  return words.length > 0 ? buildKeywordAutomaton(words) : undefined;
}

function holdsWord(words: KeywordAutomaton, secret: string): boolean {
  let holds = false;
  findKeywords(words, Buffer.from(secret, 'latin1'), () => {
    holds = true;
    return false;
  });
  return holds;
}
