import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ScanReport } from '../../model.ts';
import { hostileReport } from '../fixtures/hostile-report.ts';
import { cleanReport, finding, openssl, sampleReport, scoped } from '../fixtures/sample-report.ts';
import type { SarifLog } from './document.ts';
import { renderSarif } from './index.ts';
import { locationOf } from './location.ts';
import { messageText } from './message-text.ts';

function logOf(report: ScanReport): SarifLog {
  return JSON.parse(renderSarif(report)) as SarifLog;
}

describe('SARIF', () => {
  let validate: (log: unknown) => string[];
  beforeAll(() => {
    validate = officialValidator();
  });

  it('writes logs that the official schema takes', () => {
    expect(validate(logOf(sampleReport))).toEqual([]);
    expect(validate(logOf(cleanReport))).toEqual([]);
  });

  it('is held against a schema that refuses others', () => {
    const log = logOf(sampleReport);
    const [run] = log.runs;
    expect(validate({ ...log, version: '2.2.0' })).not.toEqual([]);
    expect(validate({ ...log, runs: [{ ...run, severity: 'high' }] })).not.toEqual([]);
    expect(validate({ ...log, runs: [{ ...run, results: [{ ...run.results[0], level: 'bad' }] }] })).not.toEqual([]);
  });

  it('keeps valid, every finding told and under its rule, whatever an image names its things', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const text = renderSarif(report);
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        const log = JSON.parse(text) as SarifLog;
        expect(validate(log)).toEqual([]);
        const [{ results, tool }] = log.runs;
        expect(results).toHaveLength(
          [report.vulnerabilities, report.secrets, report.malware, report.misconfigurations, report.ignored].flat()
            .length,
        );
        for (const { ruleId, ruleIndex, locations, message } of results) {
          expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
          expect(locations.length).toBeGreaterThan(0);
          expect(message.text).not.toContain('](');
          for (const { physicalLocation } of locations) {
            // Nothing leads out of the image.
            const { href } = new URL(physicalLocation.artifactLocation.uri, 'image://root/folder/');
            expect(href).toMatch(/^image:\/\/root\/folder\//);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('tells one of everything, worst first within its class', () => {
    const [{ results, tool, invocations }] = logOf(sampleReport).runs;
    expect(results.map(({ ruleId, level, locations }) => [ruleId, level, locations[0]])).toEqual([
      ['MAL-0000-ddioc-007c6879', 'error', file('srv/node_modules/%40posthog/netdata-event-processing/package.json')],
      ['CVE-2021-3711', 'error', file('var/lib/dpkg/status')],
      ['CVE-2019-10744', 'error', file('srv/node_modules/lodash/package.json')],
      ['CVE-2019-10744', 'error', file('srv/old/node_modules/lodash/package.json')],
      ['CVE-2020-14040', 'warning', file('usr/local/bin/server')],
      ['aws-access-key', 'error', configuration('env/AWS_ACCESS_KEY_ID', 'env:AWS_ACCESS_KEY_ID')],
      ['github-token', 'error', file('srv/.env', 3)],
      ['eicar_test_file', 'note', file('srv/uploads/eicar.com')],
      ['root-user', 'warning', configuration('config/User', 'config:User')],
      ['CVE-2020-0002', 'note', file('var/lib/dpkg/status')],
      ['github-token', 'error', file('usr/share/doc/example.md', 1)],
    ]);
    expect(results.map(({ suppressions }) => suppressions?.[0].justification).filter(Boolean)).toEqual([
      'its publisher will not mend it',
      'an example of the documentation',
    ]);
    expect(tool.driver.rules.map(({ id }) => id)).toEqual([...new Set(results.map(({ ruleId }) => ruleId))]);
    expect(invocations[0].executionSuccessful).toBe(false);
    expect(invocations[0].toolExecutionNotifications.map(({ descriptor }) => descriptor.id)).toEqual([
      'file-too-large',
      'layer-truncated',
    ]);
    expect(logOf(cleanReport).runs[0].invocations[0].executionSuccessful).toBe(true);
  });

  it('tells of a flaw what it is, how bad, and what mends it', () => {
    const [{ results, tool }] = logOf(sampleReport).runs;
    expect(tool.driver.rules[1]).toEqual({
      id: 'CVE-2021-3711',
      shortDescription: { text: 'openssl - security update' },
      help: {
        text: 'openssl - security update\nAlso known as DSA-4963-1.\nhttps://security-tracker.debian.org/tracker/DSA-4963-1\nnot a url',
      },
      helpUri: 'https://nvd.nist.gov/vuln/detail/CVE-2021-3711',
      defaultConfiguration: { level: 'error' },
      properties: { tags: ['security', 'vulnerability'], 'security-severity': '9.8' },
    });
    expect(results[1]?.message.text).toBe(
      'libssl1.1 1.1.1k-1 has CVE-2021-3711: openssl - security update. It is used in attacks. Update it to 1.1.1k-1+deb11u1.',
    );
    expect(results[1]?.properties).toMatchObject({
      purl: 'pkg:deb/debian/libssl1.1@1.1.1k-1?arch=amd64&distro=debian-11',
      fixedVersions: ['1.1.1k-1+deb11u1'],
    });
    expect(results[0]?.message.text).toMatch(/Remove it: the package itself is malicious\.$/);
  });

  it.each([
    ['critical', 9.8, 'error', '9.8'],
    // The distribution knows better than the score.
    ['low', 9.8, 'note', '2.0'],
    ['medium', undefined, 'warning', '5.5'],
    ['unknown', undefined, 'warning', undefined],
  ] as const)('grades %s with a score of %s as %s, %s', (severity, score, level, graded) => {
    const cvss = score === undefined ? {} : { cvss: { version: '3.1' as const, vector: '', score } };
    const [{ tool }] = logOf({ ...cleanReport, vulnerabilities: [finding(openssl, { severity, ...cvss })] }).runs;
    const [rule] = tool.driver.rules;
    expect([rule?.defaultConfiguration.level, rule?.properties['security-severity']]).toEqual([level, graded]);
  });

  it('fingerprints a finding alike when versions and lines change, and others apart', () => {
    const [secret] = sampleReport.secrets;
    if (secret === undefined) throw new Error('the sample has no secret');
    const printsOf = (report: Partial<ScanReport>) =>
      logOf({ ...cleanReport, ...report }).runs[0].results.map(({ partialFingerprints }) => partialFingerprints);
    const flaw = finding(openssl, {});
    expect(printsOf({ vulnerabilities: [flaw], secrets: [secret] })).toEqual(
      printsOf({
        vulnerabilities: [{ ...flaw, severity: 'low', package: { ...openssl, version: '2' } }],
        secrets: [{ ...secret, line: 99 }],
      }),
    );
    const apart = printsOf({
      vulnerabilities: [flaw, finding(scoped, {}), finding(openssl, { id: 'CVE-1' })],
      secrets: [secret, { ...secret, fingerprint: 'f' }, { ...secret, path: 'other' }],
    });
    expect(new Set(apart.map((prints) => prints['wharfinger/v1'])).size).toBe(6);
  });
});

it.each([
  ['a/b c/ü#?.txt', 'a/b%20c/%C3%BC%23%3F.txt', 'IMAGE'],
  ['../../etc//./passwd', 'etc/passwd', 'IMAGE'],
  ['', './', 'IMAGE'],
  ['c:/x', 'c%3A/x', 'IMAGE'],
  ['port:22/tcp', 'port/22/tcp', 'CONFIGURATION'],
  ['history:3', 'history/3', 'CONFIGURATION'],
])('the place %j is %s of %s', (place, uri, uriBaseId) => {
  expect(locationOf(place).physicalLocation.artifactLocation).toEqual({ uri, uriBaseId });
});

it.each([
  [['${HOME} {0}'], '${{HOME}} {{0}}'],
  [['[here](https://evil.example)'], '[here] (https://evil.example)'],
  [['one\ntwo', '', 'three'], 'one two\nthree'],
  [['\u001b[31m'], '\u{fffd}[31m'],
])('%j as a message is %j', (lines, text) => {
  expect(messageText(...lines)).toEqual({ text });
});

function file(uri: string, startLine?: number): object {
  return {
    physicalLocation: {
      artifactLocation: { uri, uriBaseId: 'IMAGE' },
      ...(startLine === undefined ? {} : { region: { startLine } }),
    },
  };
}

function configuration(uri: string, fullyQualifiedName: string): object {
  return {
    physicalLocation: { artifactLocation: { uri, uriBaseId: 'CONFIGURATION' } },
    logicalLocations: [{ fullyQualifiedName }],
  };
}

/** Checks a log against the schema of the standard, as Microsoft's SARIF tools carry it, and tells what is wrong with it. */
function officialValidator(): (log: unknown) => string[] {
  const library = dirname(createRequire(import.meta.url).resolve('@microsoft/jest-sarif/package.json'));
  // Written in draft 4, of which it uses nothing that later drafts read differently.
  const {
    $schema: _draft,
    id: _id,
    ...schema
  } = JSON.parse(readFileSync(join(library, 'lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8')) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, validateFormats: true, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const check = ajv.compile(schema);
  return (log) => (check(log) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`));
}
