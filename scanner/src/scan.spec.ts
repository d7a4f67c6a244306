import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildImage,
  cleanImage,
  dockerArchive,
  fakeGitHubToken,
  oldDebianImage,
} from '../../tests/support/images/index.ts';
import { memoryAdvisories, parseOsvRecord } from './advisories/index.ts';
import { type ScanReport, ScanError } from './model.ts';
import { scanImage, type ScanOptions } from './scan.ts';
import { openImage } from './sources/index.ts';

const advisories = memoryAdvisories([
  parseOsvRecord({
    id: 'TEST-2021-1',
    modified: '2021-09-01T00:00:00Z',
    aliases: ['CVE-2021-9999'],
    affected: [
      {
        package: { ecosystem: 'Debian:11', name: 'openssl' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.1.1k-1+deb11u1' }] }],
      },
    ],
  }),
]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-scan-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function scan(bytes: Uint8Array, options: Partial<ScanOptions> = {}): Promise<ScanReport> {
  const path = join(folder, 'image.tar');
  writeFileSync(path, bytes);
  const source = await openImage(path);
  try {
    return await scanImage(source, { advisories, riskClasses: ['vulnerabilities', 'secrets', 'malware'], ...options });
  } finally {
    await source.close();
  }
}

describe('a scan', () => {
  it('reads, puts together and compares', async () => {
    const image = oldDebianImage();
    const report = await scan(dockerArchive(image));
    expect(report).toMatchObject({
      schemaVersion: 1,
      source: 'docker-archive',
      verified: false,
      status: 'complete',
      reasons: [],
      image: { id: image.config.digest, architecture: 'amd64', layers: image.layers.map(({ diffId }) => diffId) },
      operatingSystem: { ecosystem: 'Debian:11' },
      advisories: { records: 1, newest: '2021-09-01T00:00:00Z' },
    });
    expect(report.vulnerabilities.map(({ id, package: one }) => `${id} ${one.name} ${one.layer}`)).toEqual([
      `CVE-2021-9999 libssl1.1 ${image.layers[0]?.diffId}`,
      `CVE-2021-9999 openssl ${image.layers[0]?.diffId}`,
    ]);
  });

  it('finds nothing in a clean image', async () => {
    const report = await scan(dockerArchive(cleanImage()));
    expect(report).toMatchObject({ status: 'complete', vulnerabilities: [], secrets: [], malware: [] });
  });

  it('tells of permissions and configuration as the top of the image has them', async () => {
    const image = buildImage({
      env: [`TOKEN=${fakeGitHubToken()}`],
      layers: [
        {
          entries: [
            { path: 'etc', folder: true, mode: 0o777 },
            { path: 'usr/local/bin', folder: true, mode: 0o777 },
            { path: 'usr/local/bin/helper', content: 'x', mode: 0o4755 },
            { path: 'usr/local/bin/gone', content: 'x', mode: 0o4755 },
          ],
        },
        {
          entries: [
            { path: 'etc', folder: true, mode: 0o755 },
            { path: 'usr/local/bin/.wh.gone', content: '' },
          ],
        },
      ],
    });
    const report = await scan(dockerArchive(image), { riskClasses: ['misconfiguration'] });
    expect(report.misconfigurations.map(({ id, evidence }) => [id, ...evidence.map(({ place }) => place)])).toEqual([
      ['root-user', 'config:User'],
      ['no-health-check', 'config:Healthcheck'],
      ['setuid-files', 'usr/local/bin/helper'],
      ['world-writable', 'usr/local/bin/'],
      ['secret-in-configuration', 'env:TOKEN'],
    ]);
    expect(report.secrets).toEqual([]);
  });

  it('looks for nothing that is not asked for', async () => {
    const report = await scan(dockerArchive(oldDebianImage()), { riskClasses: ['malware'] });
    expect(report.vulnerabilities).toEqual([]);
    expect(report.misconfigurations).toEqual([]);
    expect(report.packages.length).toBeGreaterThan(5);
  });

  it('is incomplete, and says why, when something could not be read', async () => {
    const report = await scan(dockerArchive(oldDebianImage()), { budget: { entries: 2 } });
    expect(report.status).toBe('incomplete');
    expect(report.reasons.map(({ code, layer }) => [code, layer])).toEqual([
      ['budget-entries', report.image.layers[0]],
    ]);
  });

  it('has no report when it is stopped', async () => {
    const scanning = scan(dockerArchive(oldDebianImage()), { signal: AbortSignal.abort() });
    await expect(scanning).rejects.toBeInstanceOf(ScanError);
  });
});
