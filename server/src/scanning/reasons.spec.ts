import type { Reason, ReasonCode } from '@wharfinger/scanner';
import { describe, expect, it } from 'vitest';
import { describeIncomplete, solutionOf, whyNoResult } from './reasons.ts';

const reason = (code: ReasonCode, path?: string): Reason => ({
  code,
  message: `it was ${code}`,
  ...(path && { path }),
});

describe('what counts as a result', () => {
  it.each([
    ['nothing left out', [], undefined],
    ['a file too large to look into', [reason('file-too-large', 'a')], undefined],
    ['a damaged package list', [reason('package-unreadable', 'a')], undefined],
    ['a name that leads out of the image', [reason('path-refused')], undefined],
    ['one file that took too long', [reason('budget-time', 'a')], undefined],
    ['one file that killed its reader', [reason('child-died', 'a')], undefined],
    ['a scan that took too long', [reason('budget-time')], 'budget-time'],
    ['a reader that died over a whole layer', [reason('child-died')], 'child-died'],
    ['a bomb', [reason('budget-ratio', 'a')], 'budget-ratio'],
    ['an endless layer', [reason('file-too-large', 'a'), reason('budget-bytes')], 'budget-bytes'],
    ['a lying digest', [reason('digest-mismatch')], 'digest-mismatch'],
    ['a truncated layer', [reason('layer-truncated', 'a')], 'layer-truncated'],
    ['a damaged layer', [reason('layer-corrupt', 'a')], 'layer-corrupt'],
    ['a layer packed in another way', [reason('layer-unsupported')], 'layer-unsupported'],
  ])('%s', (_, reasons, code) => {
    expect(whyNoResult(reasons)?.code).toBe(code);
  });

  it('tells what a result leaves out', () => {
    expect(describeIncomplete([])).toBe('');
    expect(describeIncomplete([reason('file-too-large')])).toBe('incomplete: it was file-too-large');
    expect(describeIncomplete([reason('file-too-large'), reason('path-refused'), reason('path-refused')])).toBe(
      'incomplete: it was file-too-large (and 2 more)',
    );
  });

  it.each(['quota', 'registry-denied', 'timeout', 'internal'])('says what to do about %s', (code) => {
    expect(solutionOf(code)).toMatch(/^[A-Z].+\.$/);
  });

  it.each(['', 'toString', 'nothing'])('has no advice for %j', (code) => {
    expect(solutionOf(code)).toBe('');
  });
});
