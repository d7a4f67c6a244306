import { describe, expect, it } from 'vitest';
import { hasOpenRepeats } from './find-open-repeats.ts';
import { parseRe2 } from './parse-re2.ts';

describe('expressions that a backtracking matcher could take for ever with', () => {
  it.each([
    ['(a+)+b', true],
    ['(a+)+$', true],
    ['(a+)+', false],
    ['(?:a*)*b', true],
    ['(?:a{1,100}){1,100}b', true],
    ['(?:a|aa){100}b', true],
    ['a*a*a*b', true],
    ['a*a*b', false],
    ['a*a*', false],
    ['\\w*\\d*-?\\w*x', true],
    ['[^:]+.*x', true],
    ['(?:a|b)+c', false],
    ['a*b*', false],
    ['a+', false],
    ['\\w+=\\w+;', false],
    ['(?:-\\w{1,100}){1,5}=', false],
    ['(?:\\w{1,20}\\.)+com', false],
    ['[\\w.-]{0,50}?(?:key|token)[\\w.-]{0,20}=', false],
    ['(?:[a-z]{4}-?){3}', false],
    ['\\w+$', false],
    ['', false],
  ])('%s: %s', (source, open) => {
    expect(hasOpenRepeats(parseRe2(source))).toBe(open);
  });
});
