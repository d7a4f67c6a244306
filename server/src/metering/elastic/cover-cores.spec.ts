import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverCores, protectedByKind, type KnownCores } from './cover-cores.ts';

const nothing: KnownCores = {
  cluster: 0n,
  host: 0n,
  counted: 0n,
  licence: undefined,
  trialRuns: false,
  suspended: false,
};
const licence = { licensed: 100n, cap: 5_000n };

describe('cores', () => {
  it.each<
    [string, Partial<KnownCores>, [licensed: bigint, gift: bigint, elastic: bigint, uncovered: bigint, toBuy: bigint]]
  >([
    ['none, without anything', {}, [0n, 0n, 0n, 0n, 0n]],
    ['found before anything is bought', { cluster: 40n, host: 8n }, [0n, 0n, 0n, 48n, 48n]],
    ['that count and nobody else has found', { cluster: 40n, counted: 50n }, [0n, 0n, 0n, 50n, 50n]],
    ['of a trial', { cluster: 40n, host: 8n, trialRuns: true }, [0n, 48n, 0n, 0n, 48n]],
    ['within a licence', { counted: 60n, licence }, [100n, 0n, 0n, 0n, 0n]],
    ['beyond a licence', { counted: 150n, licence }, [100n, 0n, 50n, 0n, 50n]],
    ['beyond a licence, not switched on', { cluster: 150n, counted: 120n, licence }, [100n, 0n, 20n, 30n, 50n]],
    ['beyond licence and cap', { counted: 5_101n, licence }, [100n, 0n, 5_000n, 1n, 5_001n]],
    ['beyond a licence with a debt', { counted: 150n, licence, suspended: true }, [100n, 0n, 0n, 50n, 50n]],
    ['of a licence bought during the trial', { counted: 150n, licence, trialRuns: true }, [100n, 0n, 0n, 50n, 50n]],
  ])('%s', (_, known, [licensed, gift, elastic, uncovered, toBuy]) => {
    expect(coverCores({ ...nothing, ...known })).toEqual({ licensed, gift, elastic, uncovered, toBuy });
  });

  const some = fc.bigInt({ min: 0n, max: 10_000n });
  const known: fc.Arbitrary<KnownCores> = fc.record({
    cluster: some,
    host: some,
    counted: some,
    licence: fc.option(fc.record({ licensed: some, cap: some }), { nil: undefined }),
    trialRuns: fc.boolean(),
    suspended: fc.boolean(),
  });

  it('are never below zero, and all that was found is covered by something or by nothing', () => {
    fc.assert(
      fc.property(known, (cores) => {
        const covered = coverCores(cores);
        const { licensed, gift, elastic, uncovered } = covered;
        for (const part of Object.values(covered)) expect(part).toBeGreaterThanOrEqual(0n);
        const found = cores.cluster + cores.host > cores.counted ? cores.cluster + cores.host : cores.counted;
        const all = licensed + gift + elastic + uncovered;
        expect(all).toBe(found > licensed ? found : licensed);
        const byKind = protectedByKind(cores, covered);
        expect(byKind.cluster + byKind.host).toBeLessThanOrEqual(licensed + gift + elastic);
      }),
    );
  });
});
