import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { takingTurns } from './turns.ts';

it('lets so many of a key run at once, the others in their order, also after one that fails', async () => {
  const inTurn = takingTurns<string>(2);
  const log: string[] = [];
  const ends = new Map<string, (failure?: Error) => void>();
  const work = (name: string, key = 'a') =>
    inTurn(key, () => {
      log.push(name);
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (failure) => (failure ? reject(failure) : resolve(name)));
      });
    });
  const [one, two, three, four] = ['1', '2', '3', '4'].map((name) => work(name));
  const other = work('other', 'b');
  await setImmediate();
  expect(log).toEqual(['1', '2', 'other']);
  ends.get('2')?.(new Error('no'));
  await expect(two).rejects.toThrow('no');
  await setImmediate();
  expect(log).toEqual(['1', '2', 'other', '3']);
  ends.get('1')?.();
  expect(await one).toBe('1');
  await setImmediate();
  expect(log).toEqual(['1', '2', 'other', '3', '4']);
  for (const name of ['3', '4', 'other']) ends.get(name)?.();
  expect(await Promise.all([three, four, other])).toEqual(['3', '4', 'other']);
});
