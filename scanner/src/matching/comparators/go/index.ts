import type SemVer from 'semver/classes/semver.js';
import parse from 'semver/functions/parse.js';
import type { Comparator } from '../comparator.ts';

const moduleVersion = /^v?(\d+)(?:\.(\d+)(?:\.(\d+))?)?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
/** `go1.21.3`, `go1.21rc2`, also with what a distributor adds: `go1.21.3-vendor`. */
const toolchain = /^go(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:(beta|rc)(\d+))?(?:[-+].*)?$/;

/**
 * Versions of Go modules, with or without the leading `v`, and of Go itself (`stdlib`), which advisories give as
 * semantic versions: go1.21rc2 is 1.21.0-rc.2. Source: Go Modules Reference, "Versions"; go.dev/doc/toolchain.
 */
export const go: Comparator<SemVer> = {
  name: 'go',
  parse(version) {
    return parse(asSemanticVersion(version.trim())) ?? undefined;
  },
  compare(a, b) {
    return a.compare(b);
  },
};

function asSemanticVersion(version: string): string {
  const released = toolchain.exec(version);
  if (released !== null) {
    const [, major, minor = '0', patch = '0', word, number] = released;
    return `${major}.${minor}.${patch}${word === undefined ? '' : `-${word}.${number}`}`;
  }
  const [, major, minor = '0', patch = '0', prerelease = ''] = moduleVersion.exec(version) ?? [];
  return major === undefined ? '' : `${major}.${minor}.${patch}${prerelease}`;
}
