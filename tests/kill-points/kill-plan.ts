/** Which kills there are: every point of a recording, at every time that it is passed, in each of three positions. Pure. */

/** Where in a statement's life the process ends: it never leaves; the database has it, no answer came; it was answered. */
export const positions = ['before', 'unanswered', 'after'] as const;
export type Position = (typeof positions)[number];

export interface Kill {
  /** A write site's id, `commit of` the transaction's first one, or `queue:` and what the queue's library writes. */
  readonly point: string;
  /** The first, second … time that the step passes this point. */
  readonly occurrence: number;
  readonly position: Position;
}

/** A kill in a step of a chapter. */
export interface PlannedKill extends Kill {
  readonly chapter: string;
  readonly step: number;
}

/** What a step passed, in order. */
export interface RecordedStep {
  readonly chapter: string;
  readonly step: number;
  readonly points: readonly string[];
}

/** All kills by point. Those of one point begin with different steps and positions, so that the first few differ most. */
export function possibleKills(steps: readonly RecordedStep[]): Map<string, PlannedKill[]> {
  const passes = new Map<string, Omit<PlannedKill, 'position'>[]>();
  for (const { chapter, step, points } of steps) {
    const counts = new Map<string, number>();
    for (const point of points) {
      const occurrence = (counts.get(point) ?? 0) + 1;
      counts.set(point, occurrence);
      passes.set(point, [...(passes.get(point) ?? []), { point, chapter, step, occurrence }]);
    }
  }
  return new Map([...passes].map(([point, list]) => [point, inTurn(list)]));
}

/** One playing of a chapter, with a process killed in some of its steps, each time another one. */
export interface Chain {
  readonly chapter: string;
  /** At most one for a step, in the order of the steps. */
  readonly kills: readonly PlannedKill[];
}

/**
 * Chains in which each point has so many of its kills, one after the other from `offset` on, again from the first after the
 * last. Points begin at different ones, so that few of them want the same step.
 */
export function planChains(
  possible: ReadonlyMap<string, readonly PlannedKill[]>,
  wanted: (point: string) => number,
  offset = 0,
): Chain[] {
  const picked = [...possible].flatMap(([point, kills], place) =>
    Array.from({ length: wanted(point) }, (_, index) => kills[(index + place + offset) % kills.length]),
  );
  const byChapter = Map.groupBy(
    picked.filter((kill) => kill !== undefined),
    ({ chapter }) => chapter,
  );
  return [...byChapter].flatMap(([chapter, kills]) => {
    const bySteps = [...Map.groupBy(kills, ({ step }) => step).values()];
    const length = Math.max(...bySteps.map((ofStep) => ofStep.length));
    return Array.from({ length }, (_, turn) => ({
      chapter,
      kills: bySteps
        .map((ofStep) => ofStep[turn])
        .filter((kill) => kill !== undefined)
        .toSorted((one, other) => one.step - other.step),
    }));
  });
}

/** Steps by turns: the first pass of each step, then the second of each; the position changes from one to the next. */
function inTurn(passes: readonly Omit<PlannedKill, 'position'>[]): PlannedKill[] {
  const ordered = passes.toSorted((a, b) => a.occurrence - b.occurrence);
  return positions.flatMap((_, round) =>
    ordered.map((pass, index) => ({ ...pass, position: positions[(index + round) % positions.length] ?? 'before' })),
  );
}
