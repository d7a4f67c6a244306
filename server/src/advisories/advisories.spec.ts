import { beforeEach, describe, expect, it } from 'vitest';
import { matchInventory, parseOsvRecord, starterAdvisories, type OsvRecord } from '@wharfinger/scanner';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { advisoryGeneration, databaseAdvisories, importStarterSet } from './index.ts';
import { keepRecords, listSources } from './store.ts';

const now = Temporal.Instant.from('2026-03-01T00:00:00Z');
const later = Temporal.Instant.from('2026-03-02T00:00:00Z');

function advisory(id: string, changes: Record<string, unknown> = {}): OsvRecord {
  return parseOsvRecord({
    id,
    modified: '2026-01-02T00:00:00Z',
    aliases: ['CVE-2026-1000'],
    summary: 'a flaw',
    affected: [
      {
        package: { ecosystem: 'PyPI', name: 'Some.Package' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.0' }] }],
      },
    ],
    ...changes,
  });
}

describe('the store of advisories', () => {
  let platform: TestPlatform;
  beforeEach(async () => {
    platform = await testPlatform({ testClock: now.toString() });
    return () => platform.close();
  });

  const keep = (records: OsvRecord[], source = 'feed', at = now) =>
    platform.database.inSystem('test', (tx) => keepRecords(tx, records, source, at));
  const generation = () => platform.database.inSystem('test', advisoryGeneration);
  const find = (name = 'some-package') => databaseAdvisories(platform.database).find([{ ecosystem: 'PyPI', name }]);

  it('keeps what is new, changes nothing the second time, and grows its generation by the first only', async () => {
    expect(await generation()).toBe(0n);
    expect(await keep([advisory('A'), advisory('B')])).toEqual({ added: 2, updated: 0, unchanged: 0 });
    expect(await generation()).toBe(1n);
    expect(await keep([advisory('A'), advisory('B')], 'feed', later)).toEqual({ added: 0, updated: 0, unchanged: 2 });
    expect(await generation()).toBe(1n);
    expect((await find()).map(({ id }) => id).sort()).toEqual(['A', 'B']);
    const sources = await platform.database.inSystem('test', listSources);
    expect(sources).toMatchObject([{ source: 'feed', records: 2, importedAt: later }]);
  });

  it.each([
    ['newer', '2026-01-03T00:00:00Z', 1],
    ['of the same time', '2026-01-02T00:00:00Z', 1],
    ['older', '2026-01-01T23:59:59.999Z', 0],
  ])('a record that is %s takes the place of the one before: %s', async (_name, modified, updated) => {
    await keep([advisory('A')]);
    const moved = { package: { ecosystem: 'PyPI', name: 'elsewhere' }, versions: ['1'] };
    expect(await keep([advisory('A', { modified, affected: [moved] })], 'other')).toMatchObject({ updated });
    expect(await find()).toHaveLength(1 - updated);
    expect(await find('elsewhere')).toHaveLength(updated);
  });

  it('takes the newest of several records with one id in one import', async () => {
    const newest = advisory('A', { modified: '2026-02-01T00:00:00Z', summary: 'newest' });
    expect(await keep([advisory('A'), newest, advisory('A')])).toEqual({ added: 1, updated: 0, unchanged: 0 });
    expect(await find()).toMatchObject([{ summary: 'newest' }]);
  });

  it('keeps withdrawn records without ever giving them out', async () => {
    await keep([advisory('A')]);
    await keep([advisory('A', { modified: '2026-02-01T00:00:00Z', withdrawn: '2026-02-01T00:00:00Z' })]);
    expect(await find()).toEqual([]);
    expect(await keep([advisory('A')])).toMatchObject({ updated: 0 });
    expect(await find()).toEqual([]);
  });

  it('lets two imports of the same records run at once', async () => {
    const records = Array.from({ length: 300 }, (_, index) => advisory(`A-${index}`));
    const [one, two] = await Promise.all([keep(records), keep(records.toReversed())]);
    expect(one.added + two.added).toBe(300);
    expect(await find()).toHaveLength(300);
  });

  it('has the starter set from the first start, once, and lets published records take its place', async () => {
    expect(await importStarterSet(platform)).toBe(true);
    const [first] = starterAdvisories();
    const before = await generation();
    expect(await importStarterSet(platform)).toBe(false);
    expect(await generation()).toBe(before);
    const summary = await databaseAdvisories(platform.database).summary();
    expect(summary.records).toBe(starterAdvisories().length);
    const published = advisory(first?.id ?? '', { modified: '0001-01-01T00:00:00Z' });
    expect(await keep([published])).toMatchObject({ updated: 1 });
    expect(await keep([first as OsvRecord], 'starter')).toMatchObject({ updated: 0 });
  });

  it('answers a tenant too, and matching stands on it', async () => {
    await keep([advisory('PYSEC-1')]);
    const found = { kind: 'pypi', name: 'some_package', version: '1.9', path: 'x', layer: 'sha256:0' } as const;
    const findings = await matchInventory({ packages: [found] }, databaseAdvisories(platform.database));
    expect(findings).toMatchObject([{ id: 'CVE-2026-1000', advisories: ['PYSEC-1'], fixedVersions: ['2.0'] }]);
    expect(await platform.database.inTenant(111_111_111_111n, advisoryGeneration)).toBe(1n);
  });

  it('keeps texts that no database column would take as they are', async () => {
    const strange = advisory('A', { summary: 'nul \u0000 and half \ud800', details: 'line\none' });
    expect(await keep([strange])).toMatchObject({ added: 1 });
    expect(await find()).toMatchObject([{ summary: 'nul   and half \ufffd', details: 'line\none' }]);
  });
});
