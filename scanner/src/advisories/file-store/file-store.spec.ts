import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryAdvisories, type AdvisoryLookup } from '../advisory-lookup.ts';
import { AdvisoryReadError } from '../advisory-read-error.ts';
import { parseOsvRecord, type OsvRecord } from '../osv-record.ts';
import { openAdvisoryFile } from './open-advisory-file.ts';
import { openAdvisoryFolder } from './open-advisory-folder.ts';
import { writeAdvisoryFile } from './write-advisory-file.ts';

const root = mkdtempSync(join(tmpdir(), 'wharfinger-store-'));
let folder = root;
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const times = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5Z', '2026-01-02T01:00:00+02:00'];

function record(id: string, names: string[], modified = times[0], withdrawn = false): OsvRecord {
  return parseOsvRecord({
    id,
    modified,
    ...(withdrawn ? { withdrawn: modified } : {}),
    summary: `${id} of ${modified}`,
    affected: names.map((name) => ({ package: { ecosystem: 'PyPI', name }, versions: ['1.0'] })),
  });
}

/** What a lookup says, in an order of its own, each record with the entries of that package. */
async function answers(lookup: AdvisoryLookup, names: string[]): Promise<string[]> {
  const told: string[] = [];
  for (const name of names) {
    for (const found of await lookup.find([{ ecosystem: 'PyPI', name }])) {
      const entries = found.affected.filter((entry) => entry.name.toLowerCase() === name);
      if (!found.withdrawn) told.push(`${name}: ${found.summary}: ${JSON.stringify(entries)}`);
    }
  }
  return told.sort();
}

describe('a file of advisories', () => {
  it('answers as the same records in memory do, whatever comes twice or is withdrawn', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const anyRecord = fc
      .tuple(
        fc.constantFrom('X-1', 'X-2', 'X-3'),
        fc.uniqueArray(fc.constantFrom('a', 'B', 'c', 'C')),
        fc.constantFrom(...times),
        fc.boolean(),
      )
      .map((parts) => record(...parts));
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { maxLength: 8 }), async (records) => {
        const path = join(folder, 'file');
        await writeAdvisoryFile(path, records);
        const file = openAdvisoryFile(path);
        try {
          expect(await answers(file, names)).toEqual(await answers(memoryAdvisories(records), names));
        } finally {
          file.close();
        }
      }),
      { numRuns: 60 },
    );
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('finds each of many keys, and nothing else', async () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `package-${index}`);
    await writeAdvisoryFile(
      join(folder, 'file'),
      names.map((name, index) => record(`X-${index}`, [name])),
    );
    const file = openAdvisoryFile(join(folder, 'file'));
    const found = await file.find(names.map((name) => ({ ecosystem: 'PyPI', name })));
    expect(found.map(({ id }) => id)).toEqual(names.map((_, index) => `X-${index}`));
    expect(
      await file.find([
        { ecosystem: 'npm', name: 'package-1' },
        { ecosystem: 'PyPI', name: 'none' },
      ]),
    ).toEqual([]);
    expect(await file.summary()).toEqual({ records: 2_000, newest: times[0] });
    file.close();
  });

  it('keeps what is known of flaws themselves, apart from any package', async () => {
    const path = join(folder, 'file');
    const flaws = Array.from({ length: 500 }, (_, number) => `CVE-2026-${1000 + number}`);
    const told = flaws.flatMap((cve, number) => [
      { cve, epss: { score: number / 1000, percentile: number / 500 } },
      ...(number % 10 === 0 ? [{ cve, exploited: { since: '2026-01-01' } }] : []),
    ]);
    await writeAdvisoryFile(path, [record('X-1', ['a'])], { enrichment: () => told });
    const file = openAdvisoryFile(path);
    try {
      expect(await file.enrich?.(['CVE-2026-1010', 'CVE-2026-1', 'CVE-2026-1499'])).toEqual([
        { cve: 'CVE-2026-1010', exploited: { since: '2026-01-01' }, epss: { score: 0.01, percentile: 0.02 } },
        { cve: 'CVE-2026-1499', epss: { score: 0.499, percentile: 0.998 } },
      ]);
      expect(await file.enrich?.(flaws)).toEqual(await memoryAdvisories([], told).enrich?.(flaws));
      expect(await file.summary()).toEqual({ records: 1, newest: times[0] });
      expect(await file.find([{ ecosystem: '', name: 'CVE-2026-1010' }])).toEqual([]);
    } finally {
      file.close();
    }
  });

  it('is left as it was when writing fails', async () => {
    const path = join(folder, 'file');
    await writeAdvisoryFile(path, [record('X-1', ['a'])]);
    const before = readFileSync(path);
    async function* failing(): AsyncGenerator<OsvRecord> {
      yield record('X-2', ['a']);
      throw new Error('no more');
    }
    await expect(writeAdvisoryFile(path, failing())).rejects.toThrow('no more');
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it.each([
    ['nothing', (path: string) => truncateSync(path, 0)],
    ['a part', (path: string) => truncateSync(path, 200)],
    ['something else', (path: string) => writeFileSync(path, 'x'.repeat(500))],
  ])('that is %s of one is told from a whole one', async (_name, damage) => {
    const path = join(folder, 'file');
    await writeAdvisoryFile(path, [record('X-1', ['a'])]);
    damage(path);
    expect(() => openAdvisoryFile(path)).toThrow(AdvisoryReadError);
  });
});

describe('a folder of advisories', () => {
  const ask = async (lookup: AdvisoryLookup) =>
    (await lookup.find([{ ecosystem: 'PyPI', name: 'a' }])).map(({ id }) => id);
  const put = (name: string, id: string) => {
    mkdirSync(join(folder, 'in'), { recursive: true });
    const entry = { package: { ecosystem: 'PyPI', name: 'a' }, versions: ['1.0'] };
    writeFileSync(join(folder, 'in', name), JSON.stringify({ id, modified: times[0], affected: [entry] }));
  };

  it('is read anew only when a file of it changes', async () => {
    const cacheDir = join(folder, 'cache');
    const open = async () => {
      const lookup = await openAdvisoryFolder(join(folder, 'in'), { cacheDir });
      const ids = await ask(lookup);
      lookup.close();
      return ids;
    };
    const stampOf = () => readdirSync(cacheDir).map((name) => readFileSync(join(cacheDir, name)).toString('latin1'));
    put('one.json', 'X-1');
    utimesSync(join(folder, 'in/one.json'), 1, 1);
    expect(await open()).toEqual(['X-1']);
    const [first] = stampOf();
    // Same path, size and time: the cache answers.
    put('one.json', 'X-9');
    utimesSync(join(folder, 'in/one.json'), 1, 1);
    expect(await open()).toEqual(['X-1']);
    utimesSync(join(folder, 'in/one.json'), 2, 2);
    expect(await open()).toEqual(['X-9']);
    put('two.json', 'X-2');
    expect(await open()).toEqual(['X-9', 'X-2']);
    expect(stampOf()).toHaveLength(1);
    expect(stampOf()).not.toEqual([first]);
  });

  it('is read anew when the cached file is broken', async () => {
    const cacheDir = join(folder, 'cache');
    put('one.json', 'X-1');
    (await openAdvisoryFolder(join(folder, 'in'), { cacheDir })).close();
    for (const name of readdirSync(cacheDir)) truncateSync(join(cacheDir, name), 100);
    const lookup = await openAdvisoryFolder(join(folder, 'in'), { cacheDir });
    expect(await ask(lookup)).toEqual(['X-1']);
    lookup.close();
  });

  it('holds what files of it tell of flaws themselves', async () => {
    put('one.json', 'X-1');
    writeFileSync(join(folder, 'in/scores.csv'), 'cve,epss,percentile\nCVE-2026-1000,0.5,0.75\n');
    const lookup = await openAdvisoryFolder(join(folder, 'in'));
    expect(await lookup.enrich?.(['CVE-2026-1000'])).toEqual([
      { cve: 'CVE-2026-1000', epss: { score: 0.5, percentile: 0.75 } },
    ]);
    expect(lookup.facts).toMatchObject({ records: 1, refusedCount: 0 });
    lookup.close();
  });

  it('needs no cache, and tells what it could not use', async () => {
    put('one.json', 'X-1');
    writeFileSync(join(folder, 'in/bad.json'), '{"id":"X-2"}');
    const lookup = await openAdvisoryFolder(join(folder, 'in'));
    expect(await ask(lookup)).toEqual(['X-1']);
    expect(lookup.facts).toMatchObject({ records: 1, refusedCount: 1, refused: [{ id: 'X-2' }] });
    lookup.close();
  });
});
