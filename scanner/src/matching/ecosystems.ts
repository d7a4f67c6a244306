import { apk } from './comparators/apk/index.ts';
import type { Comparator } from './comparators/comparator.ts';
import { dpkg } from './comparators/dpkg/index.ts';
import { go } from './comparators/go/index.ts';
import { maven } from './comparators/maven/index.ts';
import { npmSemver } from './comparators/npm-semver/index.ts';
import { nuget } from './comparators/nuget/index.ts';
import { packagist } from './comparators/packagist/index.ts';
import { pep440 } from './comparators/pep440/index.ts';
import { rpm } from './comparators/rpm/index.ts';
import { rubygems } from './comparators/rubygems/index.ts';

/** What matching has to know of an ecosystem of the OSV schema. */
export interface Ecosystem {
  comparator: Comparator;
  /** The name as advisories are looked up by. */
  normalizeName(name: string): string;
  /** The type in package URLs. */
  purlType: string;
  /** Advisories name packages of a release, and the flaws that they mend as `upstream` or `related`. */
  isDistribution: boolean;
  /** Which packages of a distribution its advisories name: what is installed, what it was built from, or now one, now the other. */
  advisoriesName: 'binary' | 'source' | 'either';
}

const distribution = (
  comparator: Comparator,
  purlType: string,
  advisoriesName: Ecosystem['advisoriesName'] = 'source',
): Ecosystem => ({
  comparator,
  normalizeName: asWritten,
  purlType,
  isDistribution: true,
  advisoriesName,
});
const language = (comparator: Comparator, purlType: string, normalizeName = asWritten): Ecosystem => ({
  comparator,
  normalizeName,
  purlType,
  isDistribution: false,
  advisoriesName: 'binary',
});

/** By the name before the colon: the release (`Debian:11`) changes nothing here. */
export const ecosystems: ReadonlyMap<string, Ecosystem> = new Map([
  ['AlmaLinux', distribution(rpm, 'rpm', 'binary')],
  ['Alpaquita', distribution(apk, 'apk')],
  ['Alpine', distribution(apk, 'apk')],
  ['Azure Linux', distribution(rpm, 'rpm')],
  ['BellSoft Hardened Containers', distribution(apk, 'apk')],
  ['Bitnami', language(npmSemver, 'bitnami')],
  ['Chainguard', distribution(apk, 'apk')],
  ['Debian', distribution(dpkg, 'deb')],
  ['Echo', distribution(dpkg, 'deb')],
  ['Go', language(go, 'golang')],
  ['Hex', language(npmSemver, 'hex')],
  ['Julia', language(npmSemver, 'julia')],
  ['Mageia', distribution(rpm, 'rpm')],
  ['Maven', language(maven, 'maven')],
  ['MinimOS', distribution(apk, 'apk')],
  ['NuGet', language(nuget, 'nuget', lowerCase)],
  ['Packagist', language(packagist, 'composer', lowerCase)],
  ['PyPI', language(pep440, 'pypi', normalizePythonName)],
  ['Red Hat', distribution(rpm, 'rpm', 'either')],
  ['Rocky Linux', distribution(rpm, 'rpm')],
  ['RubyGems', language(rubygems, 'gem')],
  ['SUSE', distribution(rpm, 'rpm', 'either')],
  ['Ubuntu', distribution(dpkg, 'deb')],
  ['Wolfi', distribution(apk, 'apk')],
  ['crates.io', language(npmSemver, 'cargo')],
  ['npm', language(npmSemver, 'npm')],
  ['openEuler', distribution(rpm, 'rpm', 'either')],
  ['openSUSE', distribution(rpm, 'rpm', 'either')],
]);

/** The ecosystem of `Debian:11`, `npm`, …; undefined where we cannot order its versions. */
export function findEcosystem(name: string): Ecosystem | undefined {
  const colon = name.indexOf(':');
  return ecosystems.get(colon === -1 ? name : name.slice(0, colon));
}

/** What a record is found by. Names of ecosystems that we do not know stay as they are written. */
export interface AdvisoryKey {
  ecosystem: string;
  name: string;
}

/** The key under which advisories of a package are kept and asked for. */
export function advisoryKey(ecosystem: string, name: string): AdvisoryKey {
  return { ecosystem, name: findEcosystem(ecosystem)?.normalizeName(name) ?? name };
}

/** The key as one text; no ecosystem and no name holds a line feed. */
export function keyText(key: AdvisoryKey): string {
  return `${key.ecosystem}\n${key.name}`;
}

function asWritten(name: string): string {
  return name;
}

/** Names that differ in case only are one package. */
function lowerCase(name: string): string {
  return name.toLowerCase();
}

/** Source: PEP 503, "Normalized Names". */
function normalizePythonName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}
