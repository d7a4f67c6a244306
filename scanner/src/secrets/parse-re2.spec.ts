import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { describeSharedData, describeWhen } from '../../../tests/support/requirements.ts';
import { emitExpression } from './emit-expression.ts';
import { type Expression, ExpressionError } from './expression.ts';
import { widthOf } from './measure-expression.ts';
import { parseRe2 } from './parse-re2.ts';

/** What the expression takes of the text, which is read as bytes, as files are. */
function matchOf(source: string, text: string): string | undefined {
  const match = new RegExp(emitExpression(parseRe2(source))).exec(Buffer.from(text).toString('latin1'));
  return match === null ? undefined : Buffer.from(match[0], 'latin1').toString();
}

describe('RE2 expressions in JavaScript', () => {
  it.each([
    // flags
    ['(?i)abc', 'xABCx', 'ABC'],
    ['a(?i)b|c', 'C', 'C'],
    ['a(?i:b)c', 'aBc', 'aBc'],
    ['a(?i:b)c', 'aBC', undefined],
    ['(?i)a(?-i)b', 'AB', undefined],
    ['(?i)[a-f]+[^x]', 'ABCX', 'ABC'],
    ['(?s)a.b', 'a\nb', 'a\nb'],
    ['a.b', 'a\nb', undefined],
    ['(?m)^b$', 'a\nb\nc', 'b'],
    ['^b$', 'a\nb\nc', undefined],
    ['(?U)a+', 'aaa', 'a'],
    ['(?U)a+?', 'aaa', 'aaa'],
    ['(?i:a|(?-i:b))', 'B', undefined],
    // anchors
    ['\\Aab', 'ab', 'ab'],
    ['ab\\z', 'ab\n', undefined],
    ['ab$', 'ab\n', undefined],
    ['\\bab\\b', 'x ab.', 'ab'],
    ['a\\Bb', 'ab', 'ab'],
    // classes
    ['[[:alnum:]_-]+', '?a-9_?', 'a-9_'],
    ['[^[:space:]]+', ' ab ', 'ab'],
    ['[[:^digit:]]+', '12ab34', 'ab'],
    ['[\\w.-]+', ' a.b-c ', 'a.b-c'],
    ['[]a]+', 'x]a]', ']a]'],
    ['[^]a]', ']ab', 'b'],
    ['[a\\-z]+', 'm-z', '-z'],
    ['[a-]+', 'b-a', '-a'],
    ['[\\]]', ']', ']'],
    ['[\\x60-\\x62]', '`', '`'],
    ['[\\s\\S]{3}', 'a\nb', 'a\nb'],
    ['\\s', '\u000b', undefined],
    ['\\s', '\u00a0', undefined],
    ['\\d+', '٣3', '3'],
    // characters
    ['\\x41\\x{42}\\103', 'ABC', 'ABC'],
    ['\\Qa.b*\\E+', 'a.b***', 'a.b***'],
    ['\\Q\\Ea', 'a', 'a'],
    ['\\Qa(', 'a(', 'a('],
    ['\\0', '\u0000', '\u0000'],
    ['é+', 'caféé', 'éé'],
    ['(?:é)+', 'caféé', 'éé'],
    ['[é]+', 'cafés', 'é'],
    ['\\pL+', '1éa1', 'éa'],
    ['\\PL', 'a1', '1'],
    ['\\t\\n\\r\\f\\v\\a', '\t\n\r\f\v\u0007', '\t\n\r\f\v\u0007'],
    ['\\/\\-\\.', '/-.', '/-.'],
    // repetitions
    ['a{2,3}', 'aaaa', 'aaa'],
    ['a{2,}?', 'aaaa', 'aa'],
    ['a{,2}', 'a{,2}', 'a{,2}'],
    ['x{a}', 'x{a}', 'x{a}'],
    ['(?:ab){2}', 'ababab', 'abab'],
    ['a||b', 'b', ''],
    ['(?P<name>a)(?<other>b)', 'ab', 'ab'],
    ['', 'a', ''],
  ])('%s in %j', (source, text, expected) => {
    expect(matchOf(source, text)).toBe(expected);
  });

  it.each([
    'a(',
    'a)',
    '[a',
    '[b-a]',
    '[a-\\d]',
    '[[:nothing:]]',
    '*a',
    'a**',
    'a{3,2}',
    'a{1001}',
    '\\',
    '\\8',
    '\\y',
    '\\pX',
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(?>a)',
    '\\1',
    '\\x{110000}',
    '('.repeat(2000),
  ])('refuses %s with the place', (source) => {
    expect(() => parseRe2(source)).toThrow(ExpressionError);
  });

  it('never gives JavaScript something that it refuses', () => {
    const pieces =
      'a B ( ) (?i) (?: [ ] [^ - { } 2 , * + ? | ^ $ . \\ \\d \\W \\b \\Q \\E [:alpha:] / é \\x41 \n'.split(' ');
    const piece = fc.constantFrom(...pieces);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        let source: string;
        try {
          source = emitExpression(parseRe2(pieces.join('')));
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
          return;
        }
        expect(() => new RegExp(source)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

const go = spawnSync('go', ['version']).status === 0;

describeWhen(go ? undefined : 'not-installed:go', 'beside Go’s own regexp', () => {
  const literal = fc.constantFrom('a', 'b', 'A', '_', '1', ' ', '\\n', '\\.', '-', '=', '\\x61', '\\141');
  const set = fc.constantFrom(
    '.',
    '\\d',
    '\\w',
    '\\W',
    '\\s',
    '[ab]',
    '[^a]',
    '[a-c1-]',
    '[[:upper:]]',
    '[^\\w=]',
    '[\\s\\S]',
  );
  const anchor = fc.constantFrom('^', '$', '\\b', '\\B', '\\A', '\\z');
  const count = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,}?', '**', '{2}{3}');
  const flags = fc.constantFrom('(?:', '(', '(?i:', '(?s:', '(?m:', '(?U:', '(?im-s:', '(?P<n>');
  const { expression } = fc.letrec<{ expression: string; term: string }>((tie) => ({
    term: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.tuple(fc.oneof(literal, set), count).map((parts) => parts.join('')),
      anchor,
      fc.constantFrom('(?i)', '(?s)', '(?m)', '(?U)', '|', '\\Qa+\\E'),
      fc.tuple(flags, tie('expression'), count).map(([open, body, times]) => `${open}${body})${times}`),
    ),
    expression: fc.array(tie('term'), { maxLength: 4 }).map((parts) => parts.join('')),
  }));
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'A', 'B', '1', '_', ' ', '\n', '.', '=', '-', '+'),
    maxLength: 12,
  });

  /** Where what repeats can be empty, JavaScript does not go round once more as Go does; no rule writes such. */
  function repeatsEmpty(tree: Expression): boolean {
    switch (tree.type) {
      case 'group':
        return repeatsEmpty(tree.body);
      case 'repeat':
        return widthOf(tree.body).min === 0 || repeatsEmpty(tree.body);
      case 'sequence':
        return tree.parts.some((part) => repeatsEmpty(part));
      case 'choice':
        return tree.branches.some((branch) => repeatsEmpty(branch));
      default:
        return false;
    }
  }

  function answerOf(source: string, content: string): unknown {
    let tree;
    try {
      tree = parseRe2(source);
    } catch {
      return 'refused';
    }
    if (repeatsEmpty(tree)) return 'repeats empty';
    const match = new RegExp(emitExpression(tree), 'd').exec(content);
    return match === null ? null : [...(match.indices ?? [])].flatMap((place) => place ?? [-1, -1]);
  }

  it('finds the same, group by group', () => {
    const pairs = fc.sample(fc.tuple(expression, text), { numRuns: 4000, seed: 3 });
    const program = fileURLToPath(new URL('fixtures/match-all.go', import.meta.url));
    const output = execFileSync('go', ['run', program], { input: JSON.stringify(pairs), maxBuffer: 1e8 });
    const answers: unknown[] = JSON.parse(output.toString());
    const matched = answers.filter((answer) => Array.isArray(answer)).length;
    expect(matched).toBeGreaterThan(1000);
    const different = pairs.flatMap(([source, content], index) => {
      const [ours, theirs] = [answerOf(source, content), answers[index]];
      const same = ours === 'repeats empty' || JSON.stringify(ours) === JSON.stringify(theirs);
      return same ? [] : [{ source, content, ours, theirs }];
    });
    expect(different).toEqual([]);
  });
});

describeSharedData('the expressions of gitleaks', (data) => {
  it('convert, all of them', () => {
    const file = parse(readFileSync(`${data}/secrets/gitleaks.toml`, 'utf8'));
    const rules = file['rules'] as { id: string; regex?: string; path?: string }[];
    const sources = rules.flatMap(({ regex, path }) => [regex, path]).filter((source) => source !== undefined);
    expect(rules).toHaveLength(222);
    for (const source of sources) expect(() => new RegExp(emitExpression(parseRe2(source)))).not.toThrow();
  });
});
