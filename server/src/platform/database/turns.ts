/** Turns: so many pieces of work at once for each key, in the order in which they came. */

export type TakeTurn<Key> = <T>(key: Key, work: () => Promise<T>) => Promise<T>;

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/** Lets at most `atOnce` pieces of work of one key run; the others wait, however long, and hold nothing meanwhile. */
export function takingTurns<Key>(atOnce: number): TakeTurn<Key> {
  const lines = new Map<Key, Line>();
  return async (key, work) => {
    const line = lines.get(key) ?? { running: 0, waiting: [] };
    lines.set(key, line);
    if (line.running < atOnce) line.running += 1;
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = line.waiting.shift();
      // The turn is handed over: whoever comes in between waits behind.
      if (next) next();
      else line.running -= 1;
      if (line.running === 0) lines.delete(key);
    }
  };
}
