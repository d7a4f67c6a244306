import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { describeSharedData } from '../../../tests/support/requirements.ts';
import { readAdvisories } from '../advisories/read-advisories.ts';
import { starterAdvisories } from '../advisories/starter-advisories.ts';
import type { OsvRecord } from '../advisories/osv-record.ts';
import { indexRecords, matchRecords, type Candidates } from './match-records.ts';
import { advisoryKey } from './ecosystems.ts';

const fixtures = z.array(
  z.object({
    ecosystem: z.string(),
    name: z.string().optional(),
    advisoryName: z.string().optional(),
    version: z.string(),
    expected: z.array(z.string()),
  }),
);

describeSharedData('matching, held against other scanners', (data) => {
  const records: OsvRecord[] = [];
  let candidates: Candidates;
  beforeAll(async () => {
    const refused: string[] = [];
    const folder = join(data, 'advisories');
    for await (const record of readAdvisories(folder, { onRefused: ({ reason }) => refused.push(reason) })) {
      records.push(record);
    }
    expect(refused).toEqual([]);
    candidates = indexRecords(records);
  });

  it.each([
    ['almalinux', 61],
    ['alpine', 48],
    ['bitnami', 42],
    ['crates-io', 33],
    ['debian', 56],
    ['go', 60],
    ['hex', 17],
    ['image-own-almalinux-8', 12],
    ['image-own-alpine-3.10', 23],
    ['image-own-debian-11', 21],
    ['julia', 14],
    ['npm', 50],
    ['packagist', 40],
    ['project-nodejs-goof', 980],
    ['pypi', 52],
    ['rubygems', 52],
  ])('gives exactly the expected ids for %s', (name, count) => {
    const cases = fixtures.parse(JSON.parse(readFileSync(join(data, 'fixtures', `${name}.json`), 'utf8')));
    expect(cases).toHaveLength(count);
    const told = cases.map(({ ecosystem, version, ...names }) => {
      const key = advisoryKey(ecosystem, names.advisoryName ?? names.name ?? '');
      const expected = matchRecords(candidates, key, version).map(({ record }) => record.id);
      return { ecosystem, version, ...names, expected: expected.sort() };
    });
    expect(told).toEqual(cases.map((wanted) => ({ ...wanted, expected: wanted.expected.toSorted() })));
  });

  it('agrees with every row of the starter set', () => {
    const rows = starterAdvisories();
    expect(new Set(rows.flatMap(({ aliases, upstream }) => [...aliases, ...upstream])).size).toBeGreaterThan(50);
    const wrong = rows.flatMap((row) => {
      const ids = new Set([row.id, ...row.aliases, ...row.upstream]);
      const same = records.filter((record) => [record.id, ...record.aliases].some((id) => ids.has(id)));
      return packagesOf(row)
        .filter(
          (name) =>
            !same.some((record) => packagesOf(record).includes(name) && eventsOf(record, name) === eventsOf(row, name)),
        )
        .map((name) => `${row.id}: ${name}`);
    });
    expect(wrong).toEqual([]);
  });
});

function packagesOf(record: OsvRecord): string[] {
  return [...new Set(record.affected.map(({ ecosystem, name }) => `${ecosystem} ${name}`))];
}

function eventsOf(record: OsvRecord, packageName: string): string {
  const entries = record.affected.filter(({ ecosystem, name }) => `${ecosystem} ${name}` === packageName);
  const events = entries.flatMap(({ ranges }) => ranges.flatMap((range) => range.events));
  return events
    .flatMap((event) => Object.entries(event).map(([kind, at]) => `${kind} ${at}`))
    .sort()
    .join(', ');
}
