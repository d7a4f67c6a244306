/** What was found of one kind, held against what is there. */
export interface Score {
  name: string;
  planted: number;
  missed: number;
  /** Findings where nothing is. */
  wrong: number;
}

/** Of what is there, how much was found. */
export function recall({ planted, missed }: Score): number {
  return planted === 0 ? 1 : (planted - missed) / planted;
}

/** Of what was found, how much is there. */
export function precision({ planted, missed, wrong }: Score): number {
  const right = planted - missed;
  return right + wrong === 0 ? 1 : right / (right + wrong);
}

export function f1(one: Score): number {
  const [p, r] = [precision(one), recall(one)];
  return p + r === 0 ? 0 : (2 * p * r) / (p + r);
}
