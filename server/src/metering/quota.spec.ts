import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bySoonestReset, remainingTenths, settleParts, takeTenths, type QuotaPart, type QuotaPeriod } from './quota.ts';

const start = Temporal.Instant.from('2026-03-01T00:00:00Z');

function period(id: bigint, hours: number, capacity: bigint, reserved = 0n, used = 0n): QuotaPeriod {
  return { id, endsAt: start.add({ hours }), capacity, reserved, used };
}

describe('taking from periods', () => {
  it.each([
    ['one period that has it', [period(1n, 1, 30n)], 10n, [{ period: 1n, tenths: 10n }]],
    ['the last tenths', [period(1n, 1, 30n, 10n, 10n)], 10n, [{ period: 1n, tenths: 10n }]],
    ['one tenth too few', [period(1n, 1, 30n, 10n, 11n)], 10n, undefined],
    ['no period', [], 1n, undefined],
    ['the one that resets soonest', [period(1n, 9, 30n), period(2n, 1, 30n)], 10n, [{ period: 2n, tenths: 10n }]],
    [
      'the older of two that reset together',
      [period(2n, 1, 30n), period(1n, 1, 30n)],
      1n,
      [{ period: 1n, tenths: 1n }],
    ],
    [
      'what is left of the first, the rest from the next',
      [period(1n, 1, 4n), period(2n, 2, 30n)],
      10n,
      [
        { period: 1n, tenths: 4n },
        { period: 2n, tenths: 6n },
      ],
    ],
  ])('%s', (_, periods, cost, parts) => {
    expect(takeTenths(periods, cost)).toEqual(parts);
  });
});

describe('settling', () => {
  const reserved: QuotaPart[] = [
    { period: 1n, tenths: 4n },
    { period: 2n, tenths: 6n },
  ];
  it.each([
    ['at what was reserved', 10n, reserved, []],
    [
      'of a first scan that became a repeat keeps the soonest reset',
      1n,
      [{ period: 1n, tenths: 1n }],
      [{ period: 1n, tenths: 3n }, reserved[1]],
    ],
    ['never takes more than was reserved', 20n, reserved, []],
  ])('%s', (_, cost, used, returned) => {
    expect(settleParts(reserved, cost)).toEqual({ used, returned });
  });
});

type Step =
  | { kind: 'reserve'; cost: bigint }
  | { kind: 'settle'; scan: number; cost: bigint }
  | { kind: 'give back'; scan: number };

const anyCost = fc.constantFrom(1n, 10n);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('reserve' as const), cost: anyCost }),
  fc.record({ kind: fc.constant('settle' as const), scan: fc.nat(30), cost: anyCost }),
  fc.record({ kind: fc.constant('give back' as const), scan: fc.nat(30) }),
);
const anyPeriods = fc.array(fc.record({ hours: fc.integer({ min: 1, max: 5 }), capacity: fc.bigInt(0n, 60n) }), {
  minLength: 1,
  maxLength: 4,
});

/** Applies the rules as the store does, and keeps the uses of each scan. */
function play(periods: QuotaPeriod[], steps: readonly Step[]) {
  const held = new Map<number, QuotaPart[]>();
  const uses: QuotaPart[] = [];
  const refused: { cost: bigint; remaining: bigint }[] = [];
  const of = (part: QuotaPart) => periods.find(({ id }) => id === part.period) as QuotaPeriod;
  let scans = 0;
  for (const step of steps) {
    if (step.kind === 'reserve') {
      const remaining = periods.reduce((sum, each) => sum + remainingTenths(each), 0n);
      const parts = takeTenths(periods, step.cost);
      if (!parts) refused.push({ cost: step.cost, remaining });
      for (const part of parts ?? []) of(part).reserved += part.tenths;
      if (parts) held.set(scans++, parts);
      continue;
    }
    const parts = held.get(step.scan);
    if (!parts) continue;
    held.delete(step.scan);
    const { used, returned } = settleParts(parts, step.kind === 'settle' ? step.cost : 0n);
    for (const part of used) {
      of(part).reserved -= part.tenths;
      of(part).used += part.tenths;
    }
    for (const part of returned) of(part).reserved -= part.tenths;
    uses.push(...used);
  }
  return { held, uses, refused };
}

describe('a quota, whatever happens', () => {
  it('never holds more than its capacity, is never negative, and its uses add up to what is used', () => {
    fc.assert(
      fc.property(anyPeriods, fc.array(anyStep, { maxLength: 60 }), (shapes, steps) => {
        const periods = shapes.map(({ hours, capacity }, index) => period(BigInt(index + 1), hours, capacity));
        const { held, uses, refused } = play(periods, steps);
        for (const each of periods) {
          const sum = (parts: readonly QuotaPart[]) =>
            parts.filter((part) => part.period === each.id).reduce((total, part) => total + part.tenths, 0n);
          expect(each.used >= 0n && each.reserved >= 0n && each.used + each.reserved <= each.capacity).toBe(true);
          expect(sum(uses)).toBe(each.used);
          expect(sum([...held.values()].flat())).toBe(each.reserved);
        }
        // Nothing is refused that could be paid.
        for (const { cost, remaining } of refused) expect(remaining < cost).toBe(true);
      }),
    );
  });

  it('takes nothing of a later period while a sooner one has something left', () => {
    fc.assert(
      fc.property(anyPeriods, anyCost, (shapes, cost) => {
        const periods = shapes.map(({ hours, capacity }, index) => period(BigInt(index + 1), hours, capacity));
        const parts = takeTenths(periods, cost);
        fc.pre(parts !== undefined);
        const taken = new Map(parts.map((part) => [part.period, part.tenths]));
        const inOrder = periods.toSorted(bySoonestReset);
        const last = inOrder.findLastIndex((each) => taken.has(each.id));
        for (const each of inOrder.slice(0, last)) expect(taken.get(each.id) ?? 0n).toBe(remainingTenths(each));
      }),
    );
  });
});
