/** Advisories and an inventory of made-up packages, the same in every run: what is measured depends on their number and form. */
import type { Enrichment, LocatedPackage, OsvRecord } from '../../scanner/src/index.ts';

const kinds = [
  { ecosystem: 'Debian:11', kind: 'deb', share: 5 },
  { ecosystem: 'npm', kind: 'npm', share: 9 },
  { ecosystem: 'PyPI', kind: 'pypi', share: 4 },
  { ecosystem: 'Go', kind: 'golang', share: 2 },
] as const satisfies readonly { ecosystem: string; kind: LocatedPackage['kind']; share: number }[];
const shares = kinds.reduce((sum, { share }) => sum + share, 0);

/** As many packages as there are advisories for three of them each, in the mean; some have dozens, many have one. */
export function* makeAdvisories(count: number): Generator<OsvRecord> {
  const random = seededNumbers(7);
  for (let number = 0; number < count; number += 1) {
    const { ecosystem } = kindOf(number);
    // Squared: low numbers come often, as a kernel or a browser does.
    const name = `package-${Math.floor(random() ** 2 * (count / 3))}`;
    const major = 1 + Math.floor(random() * 9);
    const cve = `CVE-2025-${10_000 + number}`;
    yield {
      id: ecosystem === 'Debian:11' ? `DSA-${number}-1` : `GHSA-${number}`,
      modified: '2026-01-01T00:00:00Z',
      published: '2025-06-01T00:00:00Z',
      aliases: ecosystem === 'Debian:11' ? [] : [cve],
      upstream: ecosystem === 'Debian:11' ? [cve] : [],
      related: [],
      summary: `A flaw of ${name}`,
      details: `Before version ${major}.2 a request can make ${name} read beyond its end. `.repeat(8),
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' }],
      affected: [
        {
          ecosystem,
          name,
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: `${major}.2.0` }] }],
          versions: [],
          severity: [],
        },
      ],
      references: [`https://advisories.example.com/${cve}`, `https://code.example.com/${name}/commit/${number}`],
    };
  }
}

/** A score for each flaw, and for every hundredth that it is used in attacks. */
export function* makeEnrichment(count: number): Generator<Enrichment> {
  for (let number = 0; number < count; number += 1) {
    yield {
      cve: `CVE-2025-${10_000 + number}`,
      epss: { score: (number % 1000) / 1000, percentile: (number % 997) / 997 },
      ...(number % 100 === 0 ? { exploited: { since: '2025-07-01' } } : {}),
    };
  }
}

/** Packages of all kinds; of two out of three some advisory knows the name. */
export function makePackages(count: number, advisories: number): LocatedPackage[] {
  const random = seededNumbers(11);
  return Array.from({ length: count }, (_, number) => {
    const name = `package-${Math.floor(random() * (advisories / 2))}`;
    const version = `${1 + Math.floor(random() * 9)}.${Math.floor(random() * 4)}.${number % 10}`;
    const { kind } = kindOf(number);
    return { kind, name, version, path: `srv/${number}`, layer: '' };
  });
}

function kindOf(number: number): (typeof kinds)[number] {
  let place = number % shares;
  for (const kind of kinds) {
    place -= kind.share;
    if (place < 0) return kind;
  }
  return kinds[0];
}

/** Numbers from 0 to 1, the same for the same seed. Source: mulberry32. */
function seededNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
