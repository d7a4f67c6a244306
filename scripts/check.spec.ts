import { describe, expect, it } from 'vitest';
import { checkDependencyDirection, judgeImport } from './check-dependencies.ts';
import { checkFileNames } from './check-file-names.ts';

describe('the direction of dependencies', () => {
  it.each([
    ['server/src/subscriptions/store.ts', 'server/src/platform/money.ts', undefined],
    ['server/src/subscriptions/store.ts', 'server/src/accounts/index.ts', undefined],
    ['server/src/subscriptions/store.ts', 'server/src/accounts/store.ts', 'import accounts through its index.ts'],
    [
      'server/src/accounts/store.ts',
      'server/src/subscriptions/index.ts',
      'accounts does not know subscriptions; announce an event instead',
    ],
    [
      'server/src/assets/index.ts',
      'server/src/advisories/index.ts',
      'assets does not know advisories; announce an event instead',
    ],
    ['scanner/src/index.ts', 'server/src/platform/money.ts', 'the scanner does not know the server'],
    [
      'server/src/novelty/index.ts',
      'server/src/platform/money.ts',
      'the domain "novelty" is not in the list of layers',
    ],
    ['server/src/api/server.ts', 'server/src/scanning/index.ts', undefined],
  ])('%s importing %s: %s', (from, to, problem) => {
    expect(judgeImport(from, to)).toBe(problem);
  });

  it('holds in the whole project', async () => {
    expect(await checkDependencyDirection()).toEqual([]);
  });
});

describe('file names', () => {
  it('follow the rule in the whole project', async () => {
    expect(await checkFileNames()).toEqual([]);
  });
});
