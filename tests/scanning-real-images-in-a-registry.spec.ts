import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Client } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_client.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAdvisories, type OsvRecord } from '../scanner/src/advisories/index.ts';
import { noRealRegistry, startRealRegistry, type RealRegistry } from './support/real-registry.ts';
import { describeSharedData, describeWhen, type SkipReason } from './support/requirements.ts';
import { startService, type RunningService } from './support/running-service.ts';
import { connectRegistry, imagesByName, newCustomer, scanEverything, vulnerabilitiesOf } from './support/scan-story.ts';

interface KnownPackage {
  path: string;
  version: string;
  advisoryName: string;
  expected: string[];
}

const noSkopeo: SkipReason | undefined =
  spawnSync('skopeo', ['--version'], { stdio: 'ignore' }).error === undefined ? undefined : 'not-installed:skopeo';

describeSharedData('real images in a real registry, with all advisories of the data pack', (data) => {
  describeWhen(noRealRegistry ?? noSkopeo, 'are read through the official SDK', () => {
    let service: RunningService;
    let registry: RealRegistry;
    let client: Client;
    const records = new Map<string, OsvRecord>();

    beforeAll(async () => {
      registry = await startRealRegistry();
      for (const name of ['own-debian-11', 'own-alpine-3.10', 'alpine-310']) copyArchive(data, name, registry.host);
      service = await startService({ WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' });
      for await (const record of readAdvisories(join(data, 'advisories'))) records.set(record.id, record);
      service.command('advisories', 'import', join(data, 'advisories'));
      ({ client } = await newCustomer(service));
      await connectRegistry(client, registry.url);
      await scanEverything(client);
    });
    afterAll(async () => {
      await service.remove();
      await registry.stop();
    });

    it.each(['debian-11', 'alpine-3.10'])('own-%s has exactly the expected vulnerabilities', async (name) => {
      const fixture = JSON.parse(
        readFileSync(join(data, 'fixtures', `image-own-${name}.json`), 'utf8'),
      ) as KnownPackage[];
      const expected = new Set<string>();
      for (const known of fixture) {
        for (const id of known.expected.flatMap((record) => shownIds(records.get(record), record))) {
          expected.add(`${id} ${known.advisoryName} ${known.version}`);
        }
      }
      const image = (await imagesByName(client)).get(`real/own-${name}:1`);
      expect(new Set(await vulnerabilitiesOf(client, Number(image?.Id)))).toEqual(expected);
    });

    it('a real old Alpine without known flaws is clean', async () => {
      const image = (await imagesByName(client)).get('real/alpine-310:1');
      expect(image).toMatchObject({ ScanStatus: 'SCANNED', VulCnt: 0, VirusCnt: 0, SensitiveInfoCnt: 0 });
    });
  });
});

/** The ids that a record is shown by: each CVE that it names, else its own. */
function shownIds(record: OsvRecord | undefined, id: string): string[] {
  const names = [id, ...(record?.aliases ?? []), ...(record?.upstream ?? [])];
  const cves = names.flatMap((name) => /CVE-\d{4}-\d+$/.exec(name)?.[0] ?? []);
  return cves.length === 0 ? [id] : [...new Set(cves)];
}

function copyArchive(data: string, name: string, host: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'wharfinger-copy-'));
  try {
    const archive = join(folder, 'image.tar');
    writeFileSync(archive, gunzipSync(readFileSync(join(data, 'images', 'docker-save', `${name}.tar.gz`))));
    const target = `docker://${host}/real/${name}:1`;
    const copied = spawnSync('skopeo', ['copy', '-q', '--dest-tls-verify=false', `docker-archive:${archive}`, target]);
    if (copied.status !== 0) throw new Error(`skopeo: ${copied.stderr.toString()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
