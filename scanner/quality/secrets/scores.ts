/** What a scanner found, held against what is there. */
import type { Score } from '../score.ts';
import { carriers } from './carriers.ts';
import { decoyFamilies } from './decoys.ts';
import { secretKinds } from './kinds.ts';
import type { Planted, TruthSet } from './truth-set.ts';

export interface Found {
  path: string;
  /** 0 where the scanner tells none. */
  line: number;
  rule: string;
}

export interface Scores {
  total: Score;
  kinds: Score[];
  carriers: Score[];
  /** By family of decoys: only `wrong` says something. */
  decoys: Score[];
  /** Found, but by a rule that names something else. */
  misnamed: number;
  missed: Planted[];
  wrong: Found[];
}

export function score(set: TruthSet, found: readonly Found[]): Scores {
  const byPath = new Map<string, Planted[]>();
  for (const planted of set.planted) byPath.set(planted.path, [...(byPath.get(planted.path) ?? []), planted]);
  const hit = new Map<Planted, Found[]>();
  const wrong: Found[] = [];
  for (const one of found) {
    const there = byPath.get(one.path)?.find(({ from, to }) => one.line === 0 || (one.line >= from && one.line <= to));
    if (there === undefined) wrong.push(one);
    else hit.set(there, [...(hit.get(there) ?? []), one]);
  }
  const missed = set.planted.filter((planted) => !hit.has(planted));
  const decoyOf = new Map(set.files.map(({ path, decoy }) => [path, decoy]));
  const scoreOf = (name: string, field: 'kind' | 'carrier'): Score => ({
    name,
    planted: set.planted.filter((planted) => planted[field] === name).length,
    missed: missed.filter((planted) => planted[field] === name).length,
    wrong: wrong.filter(({ path }) => byPath.get(path)?.some((planted) => planted[field] === name) ?? false).length,
  });
  return {
    total: { name: 'all', planted: set.planted.length, missed: missed.length, wrong: wrong.length },
    kinds: secretKinds.map(({ name }) => scoreOf(name, 'kind')),
    carriers: carriers.map(({ name }) => scoreOf(name, 'carrier')),
    decoys: decoyFamilies.map((name) => ({
      name,
      planted: 0,
      missed: 0,
      wrong: wrong.filter(({ path }) => decoyOf.get(path) === name).length,
    })),
    misnamed: [...hit].filter(([{ rules }, all]) => rules.length > 0 && !all.some(({ rule }) => rules.includes(rule)))
      .length,
    missed,
    wrong,
  };
}
