import type { Score } from '../score.ts';
import type { KnownPackage } from './truth-images.ts';

export interface PackageScores {
  /** By kind. */
  scores: ReadonlyMap<string, Score>;
  /** Each as `missed KIND NAME VERSION` or `wrong …`. */
  differences: string[];
}

/** What was found, held against what is there, over several images: each package of an image counts once there. */
export function scorePackages(
  images: readonly { known: readonly KnownPackage[]; found: readonly KnownPackage[] }[],
): PackageScores {
  const scores = new Map<string, Score>();
  const differences: string[] = [];
  const count = (line: string, field: 'planted' | 'missed' | 'wrong') => {
    const name = line.slice(0, line.indexOf(' '));
    const score = scores.get(name) ?? { name, planted: 0, missed: 0, wrong: 0 };
    scores.set(name, { ...score, [field]: score[field] + 1 });
    if (field !== 'planted') differences.push(`${field} ${line}`);
  };
  for (const image of images) {
    const [known, found] = [linesOf(image.known), linesOf(image.found)];
    for (const line of known) count(line, 'planted');
    for (const line of known.difference(found)) count(line, 'missed');
    for (const line of found.difference(known)) count(line, 'wrong');
  }
  return { scores, differences };
}

function linesOf(packages: readonly KnownPackage[]): ReadonlySet<string> {
  return new Set(packages.map(({ kind, name, version }) => `${kind} ${name} ${version}`));
}
