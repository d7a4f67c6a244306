import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type RunningService } from './support/running-service.ts';

describe('an operator imports advisories', () => {
  let service: RunningService;
  const folder = mkdtempSync(join(tmpdir(), 'wharfinger-import-'));
  const feed = join(folder, 'feed');
  beforeAll(async () => {
    service = await startService();
    mkdirSync(feed);
  });
  afterAll(async () => {
    await service?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const record = (id: string, more = {}) => ({
    id,
    modified: '2026-02-01T00:00:00Z',
    affected: [{ package: { ecosystem: 'npm', name: 'x' }, versions: ['1.0.0'] }],
    ...more,
  });
  const write = (name: string, records: unknown[]) =>
    writeFileSync(join(feed, name), records.map((one) => JSON.stringify(one)).join('\n'));

  it('finds the starter set there from the first start', () => {
    expect(service.command('advisories', 'list')).toMatchObject([{ source: 'starter', newest: '' }]);
  });

  it('brings in a folder in several requests, hears what was refused, and changes nothing the second time', () => {
    // More than one request may have.
    const large = Array.from({ length: 400 }, (_, index) => record(`X-${index}`, { details: 'ä'.repeat(100_000) }));
    write('a.ndjson', [...large, record('X-9', { modified: 'never' })]);
    writeFileSync(join(feed, 'b.json'), '{"id":');
    const first = service.command('advisories', 'import', feed);
    expect(first).toMatchObject({ source: 'feed', read: 400, added: 400, updated: 0, unchanged: 0 });
    expect(first).toHaveProperty('refused', [
      { id: 'X-9', where: join(feed, 'a.ndjson'), reason: expect.stringContaining('modified: ') },
      { id: '', where: join(feed, 'b.json'), reason: expect.stringContaining('is no JSON') },
    ]);
    expect(service.command('advisories', 'import', feed)).toMatchObject({ added: 0, updated: 0, unchanged: 400 });
  });

  it('brings in what is known of flaws, from a folder with KEV, EPSS and Vulnrichment', () => {
    const known = join(folder, 'known');
    mkdirSync(known);
    const entries = [{ cveID: 'CVE-2021-44228', dateAdded: '2021-12-10' }];
    writeFileSync(join(known, 'kev.json'), JSON.stringify({ catalogVersion: '1', vulnerabilities: entries }));
    const scores = Array.from({ length: 9_000 }, (_, index) => `CVE-2021-${44_228 + index},0.5,0.9`);
    writeFileSync(join(known, 'epss.csv'), `#model_version:v1\ncve,epss,percentile\n${scores.join('\n')}\n`);
    writeFileSync(
      join(known, 'vulnrichment.ndjson'),
      JSON.stringify({ cve: 'CVE-2020-1000', cvss31: { vector: 'CVSS:3.1/AV:N' } }),
    );
    const flaws = { read: 9_001, added: 9_001, updated: 0, unchanged: 0 };
    expect(service.command('advisories', 'import', known)).toMatchObject({ read: 0, flaws, refused: [] });
    writeFileSync(join(known, 'epss.csv'), 'CVE-2021-44228,0.6,0.9\nnothing\n');
    expect(service.command('advisories', 'import', known)).toMatchObject({
      flaws: { read: 2, added: 0, updated: 1, unchanged: 1 },
      refused: [{ where: join(known, 'epss.csv'), reason: 'is no line of EPSS scores' }],
    });
  });

  it('sees where advisories came from, also after a restart', async () => {
    write('c.ndjson', [record('Y-1')]);
    service.command('advisories', 'import', join(feed, 'c.ndjson'), '--source', 'mine');
    await service.stop();
    await service.start();
    const sources = service.command('advisories', 'list') as { source: string; records: number; flaws: number }[];
    expect(sources.map(({ source, records, flaws }) => [source, records, flaws])).toMatchObject([
      ['feed', 400, 0],
      ['known', 0, 9_001],
      ['mine', 1, 0],
      ['starter', expect.any(Number), 0],
    ]);
  });

  it.each([
    [['update'], 'there is no "advisories update"'],
    [['import'], 'name one folder or file'],
    [['import', join(folder, 'nothing-here')], 'there is no such file or folder'],
    [['import', feed, '--source', 'starter'], 'Source'],
  ])('is told in one line what is wrong with %j', (argv, message) => {
    expect(() => service.command('advisories', ...argv)).toThrow(message);
  });
});
