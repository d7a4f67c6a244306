/** What is taken of the text that an expression matched. */
import type { SecretRule } from './compile-rule.ts';

/** The line around a match, for allowlists that look at it: this much to each side. */
const LINE_REACH = 2048;

/** As gitleaks takes it: the group that the rule names, else the first that is not empty, else all. */
export function secretOf(rule: SecretRule, match: RegExpExecArray): string {
  if (rule.secretGroup > 0) return match[rule.secretGroup] ?? '';
  return match.slice(1).find(Boolean) ?? trimNewlines(match[0]);
}

export function trimNewlines(text: string): string {
  return text.replace(/^\n+/, '').replace(/(?<!\n)\n+$/, '');
}

/** The lines that a match touches, cut where they are very long. */
export function linesAround(text: string, start: number, end: number): string {
  const from = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', end);
  const to = newline < 0 ? text.length : newline;
  return text.slice(Math.max(from, start - LINE_REACH), Math.min(to, end + LINE_REACH));
}
