import type SemVer from 'semver/classes/semver.js';
import parse from 'semver/functions/parse.js';
import type { Comparator } from '../comparator.ts';

const short = /^[\s=v]*(\d+)(?:\.(\d+))?((?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/;

/**
 * Semantic versions as npm reads them. Source: semver.org, 2.0.0. Old packages and hand-written advisories leave
 * numbers out: 1.2 is taken for 1.2.0.
 */
export const npmSemver: Comparator<SemVer> = {
  name: 'npm-semver',
  parse(version) {
    const text = version.trim();
    const found = parse(text) ?? parse(text, { loose: true });
    if (found !== null) return found;
    const [, major, minor = '0', rest = ''] = short.exec(text) ?? [];
    return (major === undefined ? null : parse(`${major}.${minor}.0${rest}`)) ?? undefined;
  },
  compare(a, b) {
    return a.compare(b);
  },
};
