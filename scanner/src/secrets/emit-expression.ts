/** The tree of an expression as a JavaScript expression over Latin-1 text, without flags. */
import { toJavaScript } from './byte-set.ts';
import type { Assertion, Expression } from './expression.ts';

const assertions = {
  'text-start': '(?<![^])',
  'text-end': '(?![^])',
  'line-start': '(?<![^\\n])',
  'line-end': '(?![^\\n])',
  'word-boundary': '\\b',
  'no-word-boundary': '\\B',
} satisfies Record<Assertion, string>;

/** Source for `new RegExp`. Groups keep their numbers. */
export function emitExpression(tree: Expression): string {
  switch (tree.type) {
    case 'set':
      return toJavaScript(tree.set);
    case 'sequence':
      return tree.parts.map((part) => (part.type === 'choice' ? atom(part) : emitExpression(part))).join('');
    case 'choice':
      return tree.branches.map((branch) => emitExpression(branch)).join('|');
    case 'group':
      return `(${emitExpression(tree.body)})`;
    case 'assertion':
      return assertions[tree.holds];
    case 'repeat':
      return `${atom(tree.body)}${counts(tree.min, tree.max)}${tree.lazy ? '?' : ''}`;
    default:
      return tree satisfies never;
  }
}

function atom(tree: Expression): string {
  const text = emitExpression(tree);
  return tree.type === 'set' || tree.type === 'group' ? text : `(?:${text})`;
}

function counts(min: number, max: number): string {
  if (min === 0 && max === Infinity) return '*';
  if (min === 1 && max === Infinity) return '+';
  if (min === 0 && max === 1) return '?';
  if (max === Infinity) return `{${min},}`;
  return min === max ? `{${min}}` : `{${min},${max}}`;
}
