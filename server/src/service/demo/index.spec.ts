import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { memoryAdvisories, openImage, scanImage, starterAdvisories } from '@wharfinger/scanner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImageRegistry, startDemoRegistry } from './index.ts';
import { eicarTestString, fakeAwsKeyId, fakeGitHubToken, fakePrivateKey } from './planted-samples.ts';

describe('the registry of the demo', () => {
  let registry: ImageRegistry;
  beforeAll(async () => {
    registry = await startDemoRegistry();
  });
  afterAll(() => registry.stop());

  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${registry.url}${path}`, init);

  it.each([
    ['/v2/', 200],
    ['/v2/demo/none/tags/list', 404],
    ['/v2/demo/shop/manifests/2.0', 404],
    [`/v2/demo/shop/blobs/sha256:${'0'.repeat(64)}`, 404],
    ['/v2/demo/shop', 404],
    ['//', 400],
    ['/v2/_catalog?n=many', 400],
    ['/etc/passwd', 404],
  ])('answers GET %s with %i', async (path, status) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  it('takes nothing in', async () => {
    expect((await get('/v2/demo/shop/blobs/uploads/', { method: 'POST' })).status).toBe(405);
    expect((await get('/v2/demo/shop/manifests/1.0', { method: 'DELETE' })).status).toBe(405);
  });

  it('lists repositories and tags, page by page', async () => {
    expect(await (await get('/v2/_catalog')).json()).toEqual({ repositories: ['demo/clean', 'demo/shop'] });
    const first = await get('/v2/_catalog?n=1');
    expect(await first.json()).toEqual({ repositories: ['demo/clean'] });
    const next = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await get(next);
    expect(await second.json()).toEqual({ repositories: ['demo/shop'] });
    expect(second.headers.get('link')).toBeNull();
    expect(await (await get('/v2/demo/shop/tags/list')).json()).toEqual({ name: 'demo/shop', tags: ['1.0'] });
  });

  it('serves manifest, configuration and layers under their digests, also in part', async () => {
    const response = await get('/v2/demo/shop/manifests/1.0');
    const text = await response.text();
    expect(response.headers.get('docker-content-digest')).toBe(sha256(text));
    const manifest = JSON.parse(text) as { config: { digest: string }; layers: { digest: string; size: number }[] };
    const byDigest = await get(`/v2/demo/shop/manifests/${sha256(text)}`);
    expect(await byDigest.text()).toBe(text);
    const config = (await (await get(`/v2/demo/shop/blobs/${manifest.config.digest}`)).json()) as {
      rootfs: { diff_ids: string[] };
    };
    for (const [index, { digest, size }] of manifest.layers.entries()) {
      const bytes = Buffer.from(await (await get(`/v2/demo/shop/blobs/${digest}`)).arrayBuffer());
      expect(bytes).toHaveLength(size);
      expect(sha256(bytes)).toBe(digest);
      expect(sha256(gunzipSync(bytes))).toBe(config.rootfs.diff_ids[index]);
      const part = await get(`/v2/demo/shop/blobs/${digest}`, { headers: { Range: 'bytes=10-19' } });
      expect(part.status).toBe(206);
      expect(part.headers.get('content-range')).toBe(`bytes 10-19/${size}`);
      expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));
    }
  });

  it.each([
    ['bytes=0-', 206, 'whole'],
    ['bytes=-5', 206, 'tail'],
    ['bytes=5-2', 200, 'whole'],
    ['lines=1-2', 200, 'whole'],
    ['bytes=999999999-', 416, 'none'],
    ['bytes=-0', 416, 'none'],
  ])('answers Range %s with %i', async (range, status, part) => {
    const { layers } = (await (await get('/v2/demo/clean/manifests/1.0')).json()) as {
      layers: { digest: string; size: number }[];
    };
    const { digest = '', size = 0 } = layers[0] ?? {};
    const response = await get(`/v2/demo/clean/blobs/${digest}`, { headers: { Range: range } });
    expect(response.status).toBe(status);
    const { byteLength } = await response.arrayBuffer();
    if (part === 'whole') expect(byteLength).toBe(size);
    if (part === 'tail') expect(byteLength).toBe(5);
    if (part === 'none') expect(response.headers.get('content-range')).toBe(`bytes */${size}`);
  });

  it.each([
    [
      'shop',
      17,
      ['CVE-2021-4034 policykit-1', 'CVE-2019-10744 lodash', 'CVE-2022-28346 Django'],
      ['env:AWS_ACCESS_KEY_ID', 'srv/shop/.env'],
      ['srv/shop/uploads/invoice.com'],
    ],
    ['clean', 0, [], [], []],
  ])('has in demo/%s what the demo shows', async (name, count, flaws, secrets, malware) => {
    const source = await openImage(`${registry.url}/demo/${name}:1.0`);
    try {
      const report = await scanImage(source, {
        advisories: memoryAdvisories(starterAdvisories()),
        riskClasses: ['vulnerabilities', 'secrets', 'malware'],
      });
      expect(report.status).toBe('complete');
      expect(report.vulnerabilities).toHaveLength(count);
      const found = report.vulnerabilities.map(({ id, package: one }) => `${id} ${one.name}`);
      expect(found).toEqual(expect.arrayContaining(flaws));
      expect(report.secrets.map(({ path }) => path).toSorted()).toEqual(secrets);
      expect(report.malware.map(({ path }) => path)).toEqual(malware);
    } finally {
      await source.close();
    }
  });

  it('answers HEAD like GET, without the body', async () => {
    const response = await get('/v2/demo/shop/manifests/1.0', { method: 'HEAD' });
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(await response.text()).toBe('');
  });
});

it('keeps nothing in the repository that a scanner would take for real', () => {
  const samples = [eicarTestString(), fakeGitHubToken(), fakeAwsKeyId(), fakePrivateKey().split('\n')[0] ?? ''];
  const folder = new URL('.', import.meta.url).pathname;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(5);
  for (const { parentPath, name } of files) {
    const text = readFileSync(join(parentPath, name), 'utf8');
    for (const sample of samples) expect(text.includes(sample), name).toBe(false);
  }
});

function sha256(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
