import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileReport } from '../fixtures/hostile-report.ts';
import { cleanReport, finding, lodash, openssl, sampleReport } from '../fixtures/sample-report.ts';
import { displayWidth } from '../plain-text.ts';
import { renderTable } from './index.ts';

const options = { now: Temporal.Instant.from('2026-11-25T00:00:00Z'), color: false, width: 100 };

const ourColors = new RegExp(`${String.fromCodePoint(27)}\\[(1|2|22|31|32|33|36|39)m`, 'g');

describe('the table', () => {
  it('shows one of everything, worst first', () => {
    expect(renderTable(sampleReport, options)).toBe(`registry.example.com/shop:1.0
  image   sha256:1111111111111111111111111111111111111111111111111111111111111111
  digest  sha256:2222222222222222222222222222222222222222222222222222222222222222
  system  Debian GNU/Linux 11 (bullseye), linux/amd64
  support ended on 2026-08-31: no security updates since
  read    2 layers, 5 packages (1 deb, 1 golang, 3 npm), all digests checked
  but     1 package of a version that cannot be compared with advisories

Vulnerabilities: 5 (2 critical, 2 high, 1 unknown; 4 with a fixed version, 1 used in attacks)

SEVERITY  ID                       PACKAGE                           INSTALLED  FIXED IN
critical  MAL-0000-ddioc-007c6879  @posthog/netdata-event-processi…  0.0.8      remove it
critical  CVE-2021-3711 (!)        libssl1.1                         1.1.1k-1   1.1.1k-1+deb11u1
high      CVE-2019-10744           lodash ×2                         4.17.4     4.17.12
unknown   CVE-2020-14040           golang.org/x/text                 v0.3.0     0.3.3

(!) known to be used in attacks

Where they are:
  @posthog/netdata-event-processing 0.0.8
    srv/node_modules/@posthog/netdata-event-processing/package.json
  lodash 4.17.4
    srv/node_modules/lodash/package.json
    srv/old/node_modules/lodash/package.json
  golang.org/x/text v0.3.0
    usr/local/bin/server

Secrets: 2 (1 critical, 1 high)

SEVERITY  WHAT                          VALUE         WHERE
critical  AWS access key                AKIA********  env:AWS_ACCESS_KEY_ID
high      GitHub personal access token  ghp_********  srv/.env:3 (*)

(*) deleted or overwritten by a later layer; whoever pulls the image can still read it

Malware: 1 (1 low)

SEVERITY  CATEGORY   RULE             AUTHOR      FILE
low       test-file  eicar_test_file  Wharfinger  srv/uploads/eicar.com

Misconfiguration: 1 (1 medium)

medium    Containers of it run as root (root-user, CIS Docker 4.1)
  config:User (not set)
  End the build file with USER and a name.

Not everything could be read:
- file-too-large: the package database is larger than 64 MiB and was left out
  (opt/var/lib/dpkg/status)
- layer-truncated: the layer ends in the middle of a file (layer sha256:aaaaaaaaaaaa)

Compared with 37,366 advisories, the newest 95 days old; bring newer ones with --advisories.
Left out: 1 finding that the ignore file names, 1 vulnerability that no version mends; --format json
lists them.
Scan INCOMPLETE: 5 vulnerabilities (2 critical, 2 high, 1 unknown), 2 secrets, 1 malware hit, 1
misconfiguration, and there may be more.
`);
  });

  it('says of a clean image that it is clean', () => {
    const now = Temporal.Instant.from('2026-08-23T12:00:00Z');
    expect(renderTable(cleanReport, { ...options, now })).toBe(`registry.example.com/shop:1.0
  image   sha256:1111111111111111111111111111111111111111111111111111111111111111
  digest  sha256:2222222222222222222222222222222222222222222222222222222222222222
  system  Debian GNU/Linux 11 (bullseye), linux/amd64
  support security updates until 2026-08-31
  read    2 layers, 5 packages (1 deb, 1 golang, 3 npm), all digests checked
  but     1 package of a version that cannot be compared with advisories

Vulnerabilities: none known

Compared with 37,366 advisories, the newest 1 day old.
Scan complete: 0 vulnerabilities, 0 secrets, 0 malware hits, 0 misconfigurations.
`);
  });

  it('lists packages where nobody asked what is wrong with them, and says nothing of what was not looked for', () => {
    const packages = [openssl, lodash('srv/node_modules/lodash/package.json')];
    const text = renderTable({ ...cleanReport, packages, scanners: ['packages', 'secrets'] }, options);
    expect(text).toMatch(
      /digests checked\n\nPackages: 2\n\nKIND  NAME       VERSION   WHERE\ndeb   libssl1.1  1.1.1k-1  /,
    );
    expect(text).toMatch(/\n\nScan complete: 2 packages, 0 secrets.\n$/);
  });

  it('claims no age for the starter set, which has none', () => {
    const advisories = { records: 85, newest: '0001-01-01T00:00:00Z' };
    expect(renderTable({ ...cleanReport, advisories }, options)).toContain(
      'Compared with 85 advisories of the starter set only; bring all there are with --advisories.\n',
    );
  });

  it('shows titles where the other columns leave room', () => {
    const vulnerabilities = [finding(openssl, { title: 'A long story about a buffer that is read beyond its end' })];
    const text = renderTable({ ...cleanReport, vulnerabilities }, options);
    expect(text).toContain(`SEVERITY  ID             PACKAGE    INSTALLED  FIXED IN  TITLE
medium    CVE-2020-0001  libssl1.1  1.1.1k-1   -         A long story about a buffer that is read b…
`);
  });

  it('lists the first reasons only, and says how many more there are', () => {
    const reasons = Array.from({ length: 25 }, (_, n) => ({ code: 'file-too-large', message: `file ${n}` }) as const);
    const text = renderTable({ ...cleanReport, status: 'incomplete', reasons }, options);
    expect(text.match(/file-too-large/g)).toHaveLength(10);
    expect(text).toContain('and 15 more reasons; --format json lists them all');
  });

  it.each([
    [
      { id: 'mxlinux', versionId: '', name: 'MX Linux' },
      cleanReport.packages,
      'MX Linux, linux/amd64, its packages cannot be matched',
    ],
    [cleanReport.operatingSystem, [], 'Debian GNU/Linux 11 (bullseye), linux/amd64, none of its packages found'],
    [undefined, [], 'linux/amd64, no distribution recognised'],
  ])('does not hide that the packages of a distribution were not compared: %j', (operatingSystem, packages, line) => {
    const { operatingSystem: _, ...rest } = cleanReport;
    const text = renderTable({ ...rest, packages, ...(operatingSystem ? { operatingSystem } : {}) }, options);
    expect(text).toContain(`  system  ${line}\n`);
  });

  it('lets no text of an image steer the terminal or break the lines', () => {
    fc.assert(
      fc.property(hostileReport, fc.boolean(), (report, color) => {
        const text = renderTable(report, { ...options, color });
        // Our own colours and nothing else: what is left after taking them out has no control character.
        const plain = text.replaceAll(ourColors, '');
        expect(plain).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        for (const line of plain.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(options.width);
      }),
    );
  });

  it('has the same text with and without colour', () => {
    const colored = renderTable(sampleReport, { ...options, color: true });
    expect(colored).toContain('\u001b[31m');
    expect(stripVTControlCharacters(colored)).toBe(renderTable(sampleReport, options));
  });
});
