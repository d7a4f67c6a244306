import { expect, it } from 'vitest';
import { planChains, positions, possibleKills } from './kill-plan.ts';

const steps = [
  { chapter: 'one', step: 0, points: ['a', 'b', 'a'] },
  { chapter: 'one', step: 1, points: ['a'] },
  { chapter: 'two', step: 0, points: ['b'] },
];

it('kills at every pass of a point, in every position', () => {
  const possible = possibleKills(steps);
  expect([...possible.keys()]).toEqual(['a', 'b']);
  const ofA = possible.get('a') ?? [];
  expect(new Set(ofA.map((kill) => JSON.stringify(kill)))).toHaveProperty('size', 3 * positions.length);
  expect(ofA.slice(0, 2).map(({ step }) => step)).toEqual([0, 1]);
});

it('plans as many kills of each point as are wanted, at most one for a step in a chain', () => {
  const chains = planChains(possibleKills(steps), (point) => (point === 'a' ? 20 : 3), 5);
  const kills = chains.flatMap((chain) => chain.kills);
  expect(
    Object.entries(Object.groupBy(kills, ({ point }) => point)).map(([point, list]) => [point, list?.length]),
  ).toEqual(
    expect.arrayContaining([
      ['a', 20],
      ['b', 3],
    ]),
  );
  for (const chain of chains) {
    expect(chain.kills.every(({ chapter }) => chapter === chain.chapter)).toBe(true);
    const order = chain.kills.map(({ step }) => step);
    expect(order).toEqual([...new Set(order)].toSorted((a, b) => a - b));
  }
});
