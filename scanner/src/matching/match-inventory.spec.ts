import { describe, expect, it } from 'vitest';
import { memoryAdvisories } from '../advisories/advisory-lookup.ts';
import { parseOsvRecord } from '../advisories/osv-record.ts';
import { starterAdvisories } from '../advisories/starter-advisories.ts';
import type { LocatedPackage, OperatingSystem } from '../model.ts';
import { matchInventory } from './match-inventory.ts';
import { advisoryKeys, isVersionReadable } from './subjects.ts';

const debian: OperatingSystem = { id: 'debian', versionId: '11', name: 'Debian 11', ecosystem: 'Debian:11' };

function installed(kind: LocatedPackage['kind'], name: string, version: string, more = {}): LocatedPackage {
  return { kind, name, version, path: `path/of/${name}`, layer: 'sha256:00', ...more };
}

function record(id: string, ecosystem: string, name: string, more: Record<string, unknown> = {}, fixed = '2.0.0') {
  const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }];
  return {
    id,
    modified: '2026-01-01T00:00:00Z',
    affected: [{ package: { ecosystem, name }, ranges, ...(more['entry'] as object | undefined) }],
    ...more,
  };
}

async function match(packages: LocatedPackage[], records: unknown[], operatingSystem?: OperatingSystem) {
  const inventory = { packages, ...(operatingSystem ? { operatingSystem } : {}) };
  return matchInventory(inventory, memoryAdvisories(records.map(parseOsvRecord)));
}

describe('what is asked for', () => {
  it('is the source package of a distribution with its release, and the normalised name of a language', () => {
    const packages = [
      installed('deb', 'libcurl4', '7.74.0-1.3+b1', { source: { name: 'curl', version: '7.74.0-1.3' } }),
      installed('deb', 'curl', '7.74.0-1.3', { source: { name: 'curl', version: '7.74.0-1.3' } }),
      installed('apk', 'musl', '1.1-r0'),
      installed('pypi', 'Foo._Bar', '1'),
      installed('npm', '@Scope/Name', '1.0.0'),
      installed('golang', 'github.com/BurntSushi/toml', 'v1.0.0'),
    ];
    expect(advisoryKeys({ packages, operatingSystem: debian })).toEqual([
      { ecosystem: 'Debian:11', name: 'curl' },
      { ecosystem: 'PyPI', name: 'foo-bar' },
      { ecosystem: 'npm', name: '@Scope/Name' },
      { ecosystem: 'Go', name: 'github.com/BurntSushi/toml' },
    ]);
    expect(advisoryKeys({ packages: packages.slice(0, 3) })).toEqual([]);
  });

  it.each([
    ['AlmaLinux:8', [{ ecosystem: 'AlmaLinux:8', name: 'glibc-common' }]],
    ['Azure Linux:3', [{ ecosystem: 'Azure Linux:3', name: 'glibc' }]],
    [
      'openSUSE:Leap 15.6',
      [
        { ecosystem: 'openSUSE:Leap 15.6', name: 'glibc-common' },
        { ecosystem: 'openSUSE:Leap 15.6', name: 'glibc' },
      ],
    ],
    ['Debian:11', []],
  ])('is of rpm packages what advisories of %s name', (ecosystem, keys) => {
    const found = installed('rpm', 'glibc-common', '2.28-1', { source: { name: 'glibc', version: '2.28-1' } });
    expect(advisoryKeys({ packages: [found], operatingSystem: { ...debian, ecosystem } })).toEqual(keys);
  });

  it.each([
    ['cargo', 'serde', { ecosystem: 'crates.io', name: 'serde' }],
    ['composer', 'Twig/Twig', { ecosystem: 'Packagist', name: 'twig/twig' }],
    ['gem', 'Rack', { ecosystem: 'RubyGems', name: 'Rack' }],
    ['maven', 'org.example:Thing', { ecosystem: 'Maven', name: 'org.example:Thing' }],
    ['nuget', 'Newtonsoft.Json', { ecosystem: 'NuGet', name: 'newtonsoft.json' }],
  ] as const)('is for %s the name of %s as the ecosystem normalises it', (kind, name, key) => {
    expect(advisoryKeys({ packages: [installed(kind, name, '1.0.0')] })).toEqual([key]);
  });
});

describe('a version', () => {
  it.each([
    [installed('npm', 'x', '1.2.3'), undefined, true],
    [installed('npm', 'x', 'file:../x'), undefined, false],
    [installed('pypi', 'x', '0.0.0-unknown'), undefined, false],
    [installed('deb', 'x', '1.0-1'), debian, true],
    // Nothing could be compared anyway.
    [installed('apk', 'x', 'latest'), undefined, true],
    [installed('apk', 'x', 'latest'), { ...debian, ecosystem: 'Alpine:v3.20' }, false],
  ])('can be ordered or not: %j on %j: %s', (found, system, readable) => {
    expect(isVersionReadable(found, system)).toBe(readable);
  });
});

describe('a finding', () => {
  it('compares the version of the source package', async () => {
    const found = installed('deb', 'libx1', '9:1.0+b1', { source: { name: 'x', version: '1.0' } });
    const advisory = record('DSA-1-1', 'Debian:11', 'x', { upstream: ['CVE-2026-1'] }, '1.1');
    const [finding] = await match([found], [advisory], debian);
    expect(finding).toMatchObject({ id: 'CVE-2026-1', advisoryName: 'x', fixedVersions: ['1.1'], package: found });
    expect(await match([found], [{ ...advisory, affected: [] }], debian)).toEqual([]);
    expect(await match([found], [record('DSA-1-1', 'Debian:10', 'x', {}, '1.1')], debian)).toEqual([]);
  });

  it('stands once where advisories name both the package and its source', async () => {
    const system = { ...debian, ecosystem: 'openSUSE:Leap 15.6' };
    const found = installed('rpm', 'libx1', '1.0-1', { source: { name: 'x', version: '1.0-1' } });
    const ofBoth = record('SU-1', system.ecosystem, 'libx1', { upstream: ['CVE-2026-1'] }, '1.0-2');
    ofBoth.affected.push(...record('SU-1', system.ecosystem, 'x', {}, '1.0-2').affected);
    const ofSource = record('SU-2', system.ecosystem, 'x', { upstream: ['CVE-2026-2'] }, '1.0-3');
    const findings = await match([found], [ofBoth, ofSource], system);
    expect(findings.map(({ id, advisories }) => [id, advisories])).toEqual([
      ['CVE-2026-1', ['SU-1']],
      ['CVE-2026-2', ['SU-2']],
    ]);
    expect((await match([found], [ofSource], system)).map(({ advisoryName }) => advisoryName)).toEqual(['x']);
  });

  it('stands once for each CVE that a record names, and once for one that several records name', async () => {
    const records = [
      record('DSA-1-1', 'Debian:11', 'x', { upstream: ['CVE-2026-1', 'CVE-2026-2'] }, '1.1'),
      record('DSA-2-1', 'Debian:11', 'x', { upstream: ['CVE-2026-2', 'CVE-2026-3'] }, '1.2'),
    ];
    const findings = await match([installed('deb', 'x', '1.0')], records, debian);
    expect(
      findings.map(({ id, advisories, otherIds, fixedVersions }) => [id, advisories, otherIds, fixedVersions]),
    ).toEqual([
      ['CVE-2026-1', ['DSA-1-1'], ['DSA-1-1'], ['1.1']],
      // Who installs 1.1 is not rid of it.
      ['CVE-2026-2', ['DSA-1-1', 'DSA-2-1'], ['DSA-1-1', 'DSA-2-1'], ['1.2']],
      ['CVE-2026-3', ['DSA-2-1'], ['DSA-2-1'], ['1.2']],
    ]);
  });

  it('joins records of one flaw by the ids that they share, also by way of a third one', async () => {
    const records = [
      record('PYSEC-1', 'PyPI', 'x', { aliases: ['GHSA-a'] }),
      record('GHSA-a', 'PyPI', 'x', { aliases: ['CVE-2026-1', 'OTHER-1'] }),
      record('OTHER-1', 'PyPI', 'x'),
      record('ALONE-1', 'PyPI', 'x', { related: ['CVE-2026-9'] }),
      record('ALONE-2', 'PyPI', 'x', { aliases: ['ALONE-3'] }),
      record('ALONE-3', 'PyPI', 'x'),
    ];
    const findings = await match([installed('pypi', 'x', '1.0')], records);
    expect(findings.map(({ id, advisories, otherIds }) => [id, advisories, otherIds])).toEqual([
      ['ALONE-1', ['ALONE-1'], []],
      ['ALONE-2', ['ALONE-2', 'ALONE-3'], ['ALONE-3']],
      ['CVE-2026-1', ['GHSA-a', 'OTHER-1', 'PYSEC-1'], ['GHSA-a', 'OTHER-1', 'PYSEC-1']],
    ]);
  });

  it('takes `related` for the flaw in a distribution without `upstream` only', async () => {
    const related = { related: ['CVE-2026-1'] };
    const [ofAlpine] = await match(
      [installed('apk', 'x', '1.0-r0')],
      [record('ALPINE-1', 'Alpine:v3.10', 'x', related, '1.1-r0')],
      { id: 'alpine', versionId: '3.10', name: 'Alpine', ecosystem: 'Alpine:v3.10' },
    );
    expect(ofAlpine?.id).toBe('CVE-2026-1');
  });

  it('is critical and malicious for a MAL- record', async () => {
    const records = [
      {
        id: 'MAL-2026-1',
        modified: '2026-01-01T00:00:00Z',
        summary: 'Malicious code in x',
        affected: [{ package: { ecosystem: 'npm', name: 'x' }, versions: ['1.0.1'] }],
      },
    ];
    const findings = await match([installed('npm', 'x', '1.0.1'), installed('npm', 'x', '1.0.0')], records);
    expect(findings).toMatchObject([{ id: 'MAL-2026-1', severity: 'critical', malicious: true, fixedVersions: [] }]);
  });

  it.each<[string, Record<string, unknown>, string, number?]>([
    [
      'CVSS 3.1',
      { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N' }] },
      'high',
      7.5,
    ],
    [
      'CVSS 2.0, which knows no critical',
      { severity: [{ type: 'CVSS_V2', score: 'AV:N/AC:L/Au:N/C:C/I:C/A:C' }] },
      'high',
      10,
    ],
    [
      'the newest CVSS of several',
      {
        severity: [
          { type: 'CVSS_V2', score: 'AV:N/AC:L/Au:N/C:C/I:C/A:C' },
          { type: 'CVSS_V3', score: 'CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:N' },
          { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N' },
        ],
      },
      'critical',
      9.3,
    ],
    ['a word when there is no score', { database_specific: { severity: 'MODERATE' } }, 'medium'],
    [
      'the score before the word',
      {
        database_specific: { severity: 'LOW' },
        severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      },
      'critical',
      9.8,
    ],
    [
      'nothing for what is no vector',
      {
        severity: [
          { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' },
          { type: 'CVSS_V3', score: '7.5' },
        ],
      },
      'unknown',
    ],
    ['nothing for a word that says nothing', { database_specific: { severity: 'not yet assigned' } }, 'unknown'],
  ])('has the severity by %s', async (_name, more, severity, score) => {
    const [finding] = await match([installed('npm', 'x', '1.0.0')], [record('GHSA-1', 'npm', 'x', more)]);
    expect(finding?.severity).toBe(severity);
    expect(finding?.cvss?.score).toBe(score);
  });

  it.each([
    ['Debian:11', 'deb', debian, { entry: { ecosystem_specific: { urgency: 'unimportant' } } }, 'low'],
    ['Debian:11', 'deb', debian, { database_specific: { severity: 'Important' } }, 'high'],
    [
      'Ubuntu:22.04:LTS',
      'deb',
      { ...debian, id: 'ubuntu', ecosystem: 'Ubuntu:22.04:LTS' },
      { severity: [{ type: 'Ubuntu', score: 'medium' }] },
      'medium',
    ],
  ] as const)('takes the word of %s before the score', async (ecosystem, kind, system, more, severity) => {
    const scored = { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' };
    const severities = [...('severity' in more ? more.severity : []), scored];
    const advisory = record('X-1', ecosystem, 'x', { ...more, severity: severities }, '1.1');
    const [finding] = await match([installed(kind, 'x', '1.0')], [advisory], system);
    expect(finding).toMatchObject({ severity, cvss: { version: '3.1', score: 9.8 } });
  });

  it.each([
    [{ summary: 'A  title\nof two lines' }, 'A title of two lines'],
    [{ details: '\n# Heading\n\ntext' }, 'Heading'],
    [{ details: '---\n***' }, 'GHSA-1 in x'],
    [{ summary: 'x'.repeat(300) }, `${'x'.repeat(199)}…`],
    [{}, 'GHSA-1 in x'],
  ])('has the title of %j', async (more, title) => {
    const [finding] = await match([installed('npm', 'x', '1.0.0')], [record('GHSA-1', 'npm', 'x', more)]);
    expect(finding?.title).toBe(title);
  });

  it('stands for each place where the package is installed, the worst first', async () => {
    const places = [installed('npm', 'x', '1.0.0', { path: 'b' }), installed('npm', 'x', '1.0.0', { path: 'a' })];
    const records = [
      record('GHSA-2', 'npm', 'x', { database_specific: { severity: 'LOW' } }),
      record('GHSA-1', 'npm', 'x'),
      record('GHSA-3', 'npm', 'x', { database_specific: { severity: 'HIGH' } }),
    ];
    const findings = await match(places, records);
    expect(findings.map(({ id, package: { path } }) => `${id} ${path}`)).toEqual([
      'GHSA-3 a',
      'GHSA-3 b',
      'GHSA-2 a',
      'GHSA-2 b',
      'GHSA-1 a',
      'GHSA-1 b',
    ]);
  });

  it('says where the publisher will not mend it, as long as no version is known that does', async () => {
    const unmended = (fix: object) => ({
      id: 'X-1',
      modified: '2026-01-01T00:00:00Z',
      upstream: ['CVE-2026-1'],
      affected: [
        {
          package: { ecosystem: 'Debian:11', name: 'x' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
          ...fix,
        },
      ],
    });
    const told = async (...records: unknown[]) => {
      const [finding] = await match([installed('deb', 'x', '1.0')], records, debian);
      return [finding?.fixedVersions, finding?.willNotFix];
    };
    expect(await told(unmended({}))).toEqual([[], undefined]);
    for (const fix of [
      { ecosystem_specific: { urgency: 'end-of-life' } },
      { ecosystem_specific: { fix_state: "Won't fix" } },
      { database_specific: { fix_state: 'no_fix_planned' } },
    ]) {
      expect(await told(unmended(fix))).toEqual([[], true]);
    }
    const mended = record('X-2', 'Debian:11', 'x', { upstream: ['CVE-2026-1'] }, '1.1');
    mended.affected = mended.affected.map((entry) => ({ ...entry, ecosystem_specific: { fix_state: 'wont-fix' } }));
    expect(await told(mended)).toEqual([['1.1'], undefined]);
  });

  it('tells what else is known of the flaw, and takes from it only what its advisories leave open', async () => {
    const high = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N';
    const told = [
      { cve: 'CVE-2026-1', exploited: { since: '2026-02-03' }, cvss: [high] },
      { cve: 'CVE-2026-1', epss: { score: 0.5, percentile: 0.9 }, proofOfConcept: true as const },
      { cve: 'CVE-2026-2', cvss: [high] },
      { cve: 'CVE-2026-3', cvss: ['none'] },
    ];
    const scored = { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }] };
    const records = [
      record('GHSA-1', 'npm', 'x', { aliases: ['CVE-2026-1'] }),
      record('GHSA-2', 'npm', 'x', { aliases: ['CVE-2026-2'], ...scored }),
      record('GHSA-3', 'npm', 'x', { aliases: ['CVE-2026-3'] }),
      record('GHSA-4', 'npm', 'x', { aliases: ['CVE-2026-4'], database_specific: { severity: 'HIGH' } }),
    ];
    const advisories = memoryAdvisories(records.map(parseOsvRecord), told);
    const findings = await matchInventory({ packages: [installed('npm', 'x', '1.0.0')] }, advisories);
    expect(
      findings.map(({ id, severity, cvss, exploited, epss }) => [id, severity, cvss?.score, exploited, epss]),
    ).toEqual([
      ['CVE-2026-2', 'critical', 9.8, undefined, undefined],
      ['CVE-2026-1', 'high', 7.5, { since: '2026-02-03' }, { score: 0.5, percentile: 0.9 }],
      ['CVE-2026-4', 'high', undefined, undefined, undefined],
      ['CVE-2026-3', 'unknown', undefined, undefined, undefined],
    ]);
    expect(findings.filter((finding) => finding.proofOfConcept).map(({ id }) => id)).toEqual(['CVE-2026-1']);
  });

  it.each<[string, { ranges: string[]; versions?: string[] }, string[]]>([
    ['behind a range of commits', { ranges: ['GIT', 'ECOSYSTEM'] }, ['1.9.9']],
    ['before one', { ranges: ['ECOSYSTEM', 'GIT'] }, ['1.9.9']],
    ['beside versions that are listed', { ranges: ['GIT', 'ECOSYSTEM'], versions: ['3.0.0'] }, ['1.9.9', '3.0.0']],
    ['absent, with versions only', { ranges: [], versions: ['3.0.0'] }, ['3.0.0']],
    ['of commits only', { ranges: ['GIT'] }, []],
  ])('comes of ranges %s', async (_name, { ranges, versions = [] }, affected) => {
    const events = [{ introduced: '0' }, { fixed: '2.0.0' }];
    const entry = {
      package: { ecosystem: 'npm', name: 'x' },
      ranges: ranges.map((type) => ({ type, repo: 'https://example.com/x', events })),
      versions,
    };
    const packages = ['1.9.9', '2.0.0', '3.0.0'].map((version) => installed('npm', 'x', version));
    const findings = await match(packages, [{ ...record('GHSA-1', 'npm', 'x'), affected: [entry] }]);
    expect(findings.map(({ package: found }) => found.version).toSorted()).toEqual(affected);
  });

  it('comes of no withdrawn record, nor of an older copy of it', async () => {
    const advisory = record('GHSA-1', 'npm', 'x');
    const withdrawn = { ...advisory, modified: '2026-02-01T00:00:00Z', withdrawn: '2026-02-01T00:00:00Z' };
    expect(await match([installed('npm', 'x', '1.0.0')], [advisory, withdrawn])).toEqual([]);
    expect(await match([installed('npm', 'x', '1.0.0')], [withdrawn, advisory])).toEqual([]);
  });
});

describe('of two records with one id', () => {
  const [one, two] = ['1.5.0', '3.0.0'];

  it.each([
    ['the newer one', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', one],
    ['the newer one, in whichever zone', '2026-01-01T01:00:00+02:00', '2026-01-01T00:00:00Z', two],
    ['the newer one by less than a second', '2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00Z', one],
    ['of equally old ones the later', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', two],
  ])('%s counts', async (_name, first, second, fixed) => {
    const records = [
      record('GHSA-1', 'npm', 'x', { modified: first }, one),
      record('GHSA-1', 'npm', 'x', { modified: second }, two),
    ];
    const [finding] = await match([installed('npm', 'x', '1.0.0')], records);
    expect(finding?.fixedVersions).toEqual([fixed]);
  });
});

describe('the starter set', () => {
  const lodash = installed('npm', 'lodash', '4.17.4');

  it('finds something true without any other advisories', async () => {
    const findings = await matchInventory({ packages: [lodash] }, memoryAdvisories(starterAdvisories()));
    expect(findings.map(({ id }) => id)).toContain('CVE-2019-10744');
    expect(findings[0]).toMatchObject({ severity: 'critical', fixedVersions: ['4.17.12'] });
  });

  it('yields to a published record of the same flaw, and still tells how bad it is', async () => {
    const published = parseOsvRecord(record('PUB-1', 'npm', 'lodash', { aliases: ['CVE-2019-10744'] }, '5.0.0'));
    const findings = await matchInventory(
      { packages: [lodash] },
      memoryAdvisories([published, ...starterAdvisories()]),
    );
    const [finding] = findings.filter(({ id }) => id === 'CVE-2019-10744');
    expect(finding).toMatchObject({
      advisories: ['PUB-1'],
      otherIds: ['PUB-1'],
      severity: 'critical',
      fixedVersions: ['5.0.0'],
    });
  });
});
