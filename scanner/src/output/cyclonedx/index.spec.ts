import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LocatedPackage, ScanReport } from '../../model.ts';
import { hostileReport } from '../fixtures/hostile-report.ts';
import { cleanReport, finding, lodash, openssl, sampleReport, scoped } from '../fixtures/sample-report.ts';
import type { CycloneDxDocument } from './document.ts';
import { renderCycloneDx } from './index.ts';

const options = {
  now: Temporal.Instant.from('2026-11-25T10:20:30.456Z'),
  serialNumber: '3e671687-395b-41f5-a30f-a58921a69b79',
};

function documentOf(report: ScanReport): CycloneDxDocument {
  return JSON.parse(renderCycloneDx(report, options)) as CycloneDxDocument;
}

describe('CycloneDX', () => {
  let validate: (document: unknown) => string[];
  beforeAll(() => {
    validate = officialValidator();
  });

  it('writes documents that the official schema takes', () => {
    expect(validate(documentOf(sampleReport))).toEqual([]);
    expect(validate(documentOf(cleanReport))).toEqual([]);
  });

  it('is held against a schema that refuses others', () => {
    const document = documentOf(sampleReport);
    expect(validate({ ...document, specVersion: 16 })).not.toEqual([]);
    expect(
      validate({ ...document, vulnerabilities: [{ ...document.vulnerabilities[0], severity: 'high' }] }),
    ).not.toEqual([]);
  });

  it('keeps valid, and its references whole, whatever an image names its packages', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const text = renderCycloneDx(report, options);
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        const document = JSON.parse(text) as CycloneDxDocument;
        expect(validate(document)).toEqual([]);
        const refs = document.components.map((component) => component['bom-ref']);
        expect(new Set(refs).size).toBe(refs.length);
        const flaws = document.vulnerabilities.map((flaw) => flaw['bom-ref']);
        const notes = document.annotations.map((note) => note['bom-ref']);
        expect(new Set([...refs, ...flaws, ...notes]).size).toBe(refs.length + flaws.length + notes.length);
        for (const { subjects } of document.annotations) expect(['image', ...refs]).toContain(subjects[0]);
        for (const { affects } of document.vulnerabilities) {
          expect(affects).not.toEqual([]);
          for (const { ref } of affects) expect(refs).toContain(ref);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives each flaw once, under its CVE id, with all other ids beside it and all packages that it affects', () => {
    const { vulnerabilities } = documentOf(sampleReport);
    expect(vulnerabilities.map(({ id }) => id)).toEqual([
      'MAL-0000-ddioc-007c6879',
      'CVE-2021-3711',
      'CVE-2019-10744',
      'CVE-2020-14040',
      'CVE-2020-0002',
    ]);
    expect(vulnerabilities[1]).toEqual({
      'bom-ref': expect.stringMatching(/^vulnerability:[0-9a-f]{24}$/),
      id: 'CVE-2021-3711',
      source: { name: 'NVD', url: 'https://nvd.nist.gov/vuln/detail/CVE-2021-3711' },
      references: [
        { id: 'DSA-4963-1', source: { name: 'Debian', url: 'https://security-tracker.debian.org/tracker/DSA-4963-1' } },
      ],
      ratings: [
        {
          severity: 'critical',
          score: 9.8,
          method: 'CVSSv31',
          vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
        },
      ],
      description: 'openssl - security update',
      recommendation: 'Update libssl1.1 to 1.1.1k-1+deb11u1.',
      advisories: [{ url: 'https://security-tracker.debian.org/tracker/DSA-4963-1' }],
      published: '2021-08-24T00:00:00Z',
      affects: [
        {
          ref: 'pkg:deb/debian/libssl1.1@1.1.1k-1?arch=amd64&distro=debian-11',
          versions: [{ version: '1.1.1k-1', status: 'affected' }],
        },
      ],
      properties: [
        { name: 'wharfinger:advisory', value: 'DSA-4963-1' },
        { name: 'wharfinger:exploitedSince', value: '2021-11-03' },
        { name: 'wharfinger:proofOfConcept', value: 'true' },
        { name: 'wharfinger:epss', value: '0.42 0.97' },
      ],
    });
    expect(vulnerabilities[2]?.affects.map(({ ref }) => ref)).toEqual([
      'pkg:npm/lodash@4.17.4',
      'pkg:npm/lodash@4.17.4#srv/old/node_modules/lodash/package.json',
    ]);
  });

  it('tells of a flaw that is ignored why it is, and claims nothing else of it', () => {
    const flaw = documentOf(sampleReport).vulnerabilities.at(-1);
    expect(flaw).toMatchObject({
      id: 'CVE-2020-0002',
      analysis: {
        response: ['will_not_fix'],
        detail: 'Left out by the wish to see only what can be mended: its publisher will not mend it',
      },
      affects: [{ ref: 'pkg:deb/debian/libssl1.1@1.1.1k-1?arch=amd64&distro=debian-11' }],
    });
    expect(flaw?.properties).toContainEqual({ name: 'wharfinger:ignored', value: 'ignore-unfixed' });
  });

  it('tells a flaw that is ignored in one package only twice', () => {
    const flaw = finding(openssl, { id: 'CVE-2020-1' });
    const other = finding(scoped, { id: 'CVE-2020-1' });
    const why = { scanner: 'vulnerabilities', by: 'ignore-file', reason: 'no', expires: '2027-01-31' } as const;
    const report: ScanReport = {
      ...sampleReport,
      packages: [openssl],
      vulnerabilities: [flaw],
      ignored: [{ ...why, finding: other }],
    };
    const document = documentOf(report);
    expect(validate(document)).toEqual([]);
    expect(document.vulnerabilities.map(({ id, analysis }) => [id, analysis])).toEqual([
      ['CVE-2020-1', undefined],
      ['CVE-2020-1', { detail: 'Left out by the ignore file until 2027-01-31: no' }],
    ]);
  });

  it('says which flaws will not be mended', () => {
    const report = { ...sampleReport, vulnerabilities: [finding(openssl, { willNotFix: true })] };
    expect(documentOf(report).vulnerabilities[0]?.analysis).toEqual({ response: ['will_not_fix'] });
  });

  it('has the files that hold malware and secrets as components', () => {
    const { components } = documentOf(sampleReport);
    const [, app = ''] = sampleReport.image.layers;
    const ref: unknown = expect.stringMatching(/^file:[0-9a-f]{24}$/);
    const layer = { name: 'wharfinger:layer', value: app };
    expect(components.filter(({ type }) => type === 'file')).toEqual([
      {
        type: 'file',
        'bom-ref': ref,
        name: 'srv/.env',
        properties: [layer, { name: 'wharfinger:hidden', value: 'true' }],
      },
      {
        type: 'file',
        'bom-ref': ref,
        name: 'srv/uploads/eicar.com',
        hashes: [
          { alg: 'MD5', content: '0'.repeat(32) },
          { alg: 'SHA-256', content: '0'.repeat(64) },
        ],
        properties: [layer],
      },
      { type: 'file', 'bom-ref': ref, name: 'usr/share/doc/example.md', properties: [layer] },
    ]);
  });

  it('notes malware, secrets and misconfigurations on the files that hold them, or on the image', () => {
    const { annotations, components } = documentOf(sampleReport);
    const nameOf = (ref = '') => components.find((component) => component['bom-ref'] === ref)?.name ?? ref;
    expect(annotations.map(({ subjects, text }) => [nameOf(subjects[0]), text])).toEqual([
      ['srv/uploads/eicar.com', 'Malware, low: EICAR test file (eicar_test_file, test-file). Rule by Wharfinger.'],
      ['image', 'Secret, critical: AWS access key (aws-access-key) in env:AWS_ACCESS_KEY_ID: AKIA********.'],
      [
        'srv/.env',
        'Secret, high: GitHub personal access token (github-token) in line 3: ghp_********. A later layer deletes or overwrites the file; the image still holds it.',
      ],
      [
        'usr/share/doc/example.md',
        'Secret, high: GitHub personal access token (github-token) in line 1: ghp_********. Left out by the ignore file until 2027-01-31: an example of the documentation',
      ],
      [
        'image',
        'Misconfiguration, medium: Containers of it run as root (root-user): config:User (not set). Whoever breaks out of the process is root in the container. End the build file with USER and a name. CIS Docker Benchmark 1.6, 4.1.',
      ],
    ]);
    expect(annotations[0]).toMatchObject({
      annotator: { component: { type: 'application', name: 'wharfinger-scan', version: '0.1.0' } },
      timestamp: '2026-11-25T10:20:30Z',
    });
  });

  it('leaves out a time that is none', () => {
    const [malicious] = documentOf(sampleReport).vulnerabilities;
    expect(malicious).not.toHaveProperty('published');
    expect(malicious?.recommendation).toBe(
      'Remove @posthog/netdata-event-processing: the package itself is malicious.',
    );
  });

  it('takes names apart where people do', () => {
    const odd: LocatedPackage = { ...openssl, name: '@odd/deb' };
    const log4j: LocatedPackage = { ...openssl, kind: 'maven', name: 'org.example:log' };
    const twig: LocatedPackage = { ...openssl, kind: 'composer', name: 'twig/twig' };
    const { components } = documentOf({ ...sampleReport, packages: [...sampleReport.packages, odd, log4j, twig] });
    const names = components.map(({ group, name }) => [group, name]);
    expect(names).toContainEqual([undefined, '@odd/deb']);
    expect(names).toContainEqual(['@posthog', 'netdata-event-processing']);
    expect(names).toContainEqual([undefined, 'golang.org/x/text']);
    expect(names).toContainEqual(['org.example', 'log']);
    expect(names).toContainEqual(['twig', 'twig']);
    expect(names.filter(([group]) => group !== undefined)).toHaveLength(3);
  });

  it('carries package URLs that others read', () => {
    for (const { purl } of documentOf(sampleReport).components) {
      if (purl !== undefined) expect(PackageURL.fromString(purl).toString()).toBe(purl);
    }
  });

  it.each([
    ['apk', 'musl', '1.1.22-r2', 'pkg:apk/debian/musl@1.1.22-r2?distro=debian-11'],
    ['cargo', 'serde_json', '1.0.1+x', 'pkg:cargo/serde_json@1.0.1%2Bx'],
    ['composer', 'Twig/Twig', 'v2.0.0', 'pkg:composer/twig/twig@v2.0.0'],
    ['gem', 'rack', '2.0.1', 'pkg:gem/rack@2.0.1'],
    ['golang', 'stdlib', 'go1.21', 'pkg:golang/stdlib@1.21'],
    ['maven', 'org.example:log', '2.0', 'pkg:maven/org.example/log@2.0'],
    ['nuget', 'Newtonsoft.Json', '12.0.1', 'pkg:nuget/Newtonsoft.Json@12.0.1'],
    ['pypi', 'Foo._Bar', '1.0', 'pkg:pypi/foo-bar@1.0'],
    ['rpm', 'openssl', '1:1.1.1k-4.el8', 'pkg:rpm/debian/openssl@1.1.1k-4.el8?distro=debian-11&epoch=1'],
  ] as const)('writes a package of %s as others read it: %s %s', (kind, name, version, purl) => {
    const found: LocatedPackage = { kind, name, version, path: 'a', layer: 'b' };
    const document = documentOf({ ...cleanReport, packages: [found] });
    expect(validate(document)).toEqual([]);
    expect(document.components.map((component) => component.purl)).toEqual([undefined, purl]);
    expect(PackageURL.fromString(purl).toString().replaceAll('+', '%2B')).toBe(purl);
  });

  it('says which package owns another, which is for development only, and which version cannot be compared', () => {
    const { components, metadata } = documentOf(sampleReport);
    const told = (name: string) => components.find((component) => component.name === name)?.properties?.slice(2);
    expect(told('golang.org/x/text')).toEqual([
      { name: 'wharfinger:owner', value: 'pkg:deb/debian/server@1.0-1?distro=debian-11' },
      { name: 'wharfinger:versionUnreadable', value: 'true' },
    ]);
    expect(told('netdata-event-processing')).toEqual([{ name: 'wharfinger:development', value: 'true' }]);
    expect(metadata.properties).toContainEqual({ name: 'wharfinger:misconfigurations', value: '1' });
  });

  it('says where each package lies, what system it is, and whether everything was read', () => {
    const document = documentOf(sampleReport);
    expect(document.components[0]).toMatchObject({ type: 'operating-system', name: 'debian', version: '11' });
    expect(document.components.find(({ name }) => name === 'libssl1.1')?.properties).toEqual([
      { name: 'wharfinger:path', value: 'var/lib/dpkg/status' },
      { name: 'wharfinger:layer', value: openssl.layer },
      { name: 'wharfinger:sourceName', value: 'openssl' },
      { name: 'wharfinger:sourceVersion', value: '1.1.1k-1' },
    ]);
    expect(document.metadata.component.version).toBe(sampleReport.image.digest);
    expect(document.metadata.timestamp).toBe('2026-11-25T10:20:30Z');
    expect(document.compositions).toEqual([{ aggregate: 'incomplete', assemblies: ['image'] }]);
    expect(document.metadata.properties).toContainEqual({ name: 'wharfinger:secrets', value: '2' });
  });

  it('is the same text for the same report, in whatever order things were found', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(sampleReport.packages, { minLength: sampleReport.packages.length }),
        fc.shuffledSubarray(sampleReport.vulnerabilities, { minLength: sampleReport.vulnerabilities.length }),
        fc.shuffledSubarray(sampleReport.secrets, { minLength: sampleReport.secrets.length }),
        fc.shuffledSubarray(sampleReport.ignored, { minLength: sampleReport.ignored.length }),
        (packages, vulnerabilities, secrets, ignored) => {
          // Title and details of one flaw may differ between its advisories; here they are equal.
          const level = vulnerabilities.map((one) => ({ ...one, details: '' }));
          const sorted = sampleReport.vulnerabilities.map((one) => ({ ...one, details: '' }));
          expect(
            renderCycloneDx({ ...sampleReport, packages, vulnerabilities: level, secrets, ignored }, options),
          ).toBe(renderCycloneDx({ ...sampleReport, vulnerabilities: sorted }, options));
        },
      ),
    );
  });

  it('keeps different judgements of one flaw, each once', () => {
    const other: LocatedPackage = { ...lodash('a/node_modules/lodash/package.json'), name: 'lodash-es' };
    const report = {
      ...sampleReport,
      vulnerabilities: [
        finding(scoped, { id: 'CVE-2020-1', severity: 'low' }),
        finding(other, { id: 'CVE-2020-1', severity: 'high' }),
        finding(openssl, { id: 'CVE-2020-1', severity: 'high' }),
      ],
    };
    const [flaw] = documentOf(report).vulnerabilities;
    expect(flaw?.ratings).toEqual([{ severity: 'high' }, { severity: 'low' }]);
    expect(flaw?.affects).toHaveLength(3);
  });
});

/** Checks a document against the schema that the CycloneDX project publishes, and tells what is wrong with it. */
function officialValidator(): (document: unknown) => string[] {
  const library = dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json'));
  const read = (name: string) =>
    JSON.parse(readFileSync(join(library, 'res', 'schema', `${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, validateFormats: true, allErrors: true });
  addFormats.default(ajv);
  // Of later drafts, which ajv-formats does not know; we write neither.
  for (const format of ['idn-email', 'iri-reference']) ajv.addFormat(format, true);
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const check = ajv.compile(read('bom-1.6'));
  return (document) =>
    check(document) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
