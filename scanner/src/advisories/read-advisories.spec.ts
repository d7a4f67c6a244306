import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { AdvisoryReadError } from './advisory-read-error.ts';
import { readAdvisories, type ReadAdvisoriesOptions } from './read-advisories.ts';

const root = mkdtempSync(join(tmpdir(), 'wharfinger-read-'));
let folder = root;
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const record = (id: string, more = {}) => ({ id, modified: '2026-01-01T00:00:00Z', ...more });
const text = (id: string, more = {}) => JSON.stringify(record(id, more));

async function idsOf(path: string, options?: ReadAdvisoriesOptions): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of readAdvisories(path, options)) ids.push(id);
  return ids;
}

async function enrichmentOf(path: string): Promise<[ids: string[], cves: string[], refused: string[]]> {
  const cves: string[] = [];
  const refused: string[] = [];
  const ids = await idsOf(path, {
    onEnrichment: ({ cve }) => cves.push(cve),
    onRefused: ({ reason }) => refused.push(reason),
  });
  return [ids, cves, refused];
}

async function codeOf(path: string, options?: ReadAdvisoriesOptions): Promise<string> {
  try {
    await idsOf(path, options);
  } catch (error) {
    if (error instanceof AdvisoryReadError && error.message.includes(path)) return error.code;
    throw error;
  }
  return 'none';
}

/** A zip archive as small as the format allows. */
function zip(entries: Record<string, string>): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const [path, plain] = [Buffer.from(name), Buffer.from(content)];
    const packed = deflateRawSync(plain);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(plain), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(plain.length, 18);
    facts.writeUInt16LE(path.length, 22);
    locals.push(Buffer.from('PK\u0003\u0004', 'latin1'), facts, path, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), facts, place, path);
    offset += 30 + path.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(Object.keys(entries).length, 8);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

const forms: [string, string[], string | Buffer][] = [
  ['one.json', ['A'], text('A')],
  ['pretty.json', ['A'], JSON.stringify(record('A'), null, 2)],
  ['marked.json', ['A'], `\ufeff${text('A')}`],
  ['many.ndjson', ['A', 'B', 'C'], `${text('A')}\n${text('B')}\r\n\n${text('C')}`],
  ['many.jsonl', ['A'], `\n\n${text('A')}\n`],
  ['lines.json', ['A', 'B'], `${text('A')}\n${text('B')}\n`],
  ['array.json', ['A', 'B'], `[${text('A')},\n ${text('B', { summary: 'a ] and a } and a \\" in a "text"' })}]`],
  ['pretty-array.json', ['A', 'B'], JSON.stringify([record('A'), record('B')], null, 2)],
  ['empty-array.json', [], '[]'],
  ['packed.json.gz', ['A'], gzipSync(text('A'))],
  ['packed.ndjson.zst', ['A', 'B'], zstdCompressSync(`${text('A')}\n${text('B')}\n`)],
  [
    'all.zip',
    ['A', 'B'],
    zip({ 'A.json': text('A'), 'deep/B.json': JSON.stringify(record('B'), null, 1), 'README.md': '#' }),
  ],
  ['without-suffix', ['A'], gzipSync(text('A'))],
];

describe('reading', () => {
  it.each(forms)('takes %s', async (name, ids, content) => {
    expect(await idsOf(file(name, content))).toEqual(ids);
  });

  it('takes a folder with all that is below it, in order, and nothing else', async () => {
    file('b/two.json', text('B'));
    file('a.ndjson', text('A'));
    file('c/d/e.json.gz', gzipSync(text('C')));
    file('README.md', text('no'));
    file('.git/x.json', text('no'));
    symlinkSync(join(folder, '..'), join(folder, 'loop'));
    symlinkSync(join(folder, 'a.ndjson'), join(folder, 'z.json'));
    expect(await idsOf(folder)).toEqual(['A', 'B', 'C', 'A']);
  });

  it('reads over the borders of chunks', async () => {
    const records = Array.from({ length: 3000 }, (_, index) =>
      record(`X-${index}`, { details: 'äöü'.repeat(index % 200) }),
    );
    const expected = records.map(({ id }) => id);
    expect(await idsOf(file('many.ndjson', records.map((one) => JSON.stringify(one)).join('\n')))).toEqual(expected);
    expect(await idsOf(file('array.json.gz', gzipSync(JSON.stringify(records, null, 1))))).toEqual(expected);
  });

  it('tells of each broken record and reads on', async () => {
    const path = file('mixed.ndjson', [text('A'), '{"id":', '{"id":"B"}', '[]', text('C')].join('\n'));
    const refused: string[] = [];
    const ids = await idsOf(path, { onRefused: ({ id, where, reason }) => refused.push(`${where} ${id}: ${reason}`) });
    expect(ids).toEqual(['A', 'C']);
    expect(refused).toHaveLength(3);
    expect(refused[0]).toContain(`${path} : is no JSON`);
    expect(refused[1]).toContain(`${path} B: modified: `);
  });

  it('takes what is told of flaws themselves from between the records', async () => {
    const catalogue = JSON.stringify(
      { catalogVersion: '1', vulnerabilities: [{ cveID: 'CVE-2021-44228', dateAdded: '2021-12-10' }] },
      undefined,
      2,
    );
    file('a.ndjson', `${text('A')}\n{"cve":"CVE-2024-0001","kev":true}\n${text('B')}\n`);
    file('kev.json', catalogue);
    const scores = '#model_version:v1\ncve,epss,percentile\nCVE-2020-0001,0.1,0.2\nno line\nCVE-2020-0002,0.3,0.4\n';
    file('scores.csv.gz', gzipSync(scores));
    expect(await enrichmentOf(folder)).toEqual([
      ['A', 'B'],
      ['CVE-2024-0001', 'CVE-2021-44228', 'CVE-2020-0001', 'CVE-2020-0002'],
      ['is no line of EPSS scores'],
    ]);
    const refused: string[] = [];
    expect(await idsOf(folder, { onRefused: ({ reason }) => refused.push(reason) })).toEqual(['A', 'B']);
    expect(refused.toSorted()).toEqual([
      'is no line of EPSS scores',
      ...Array<string>(3).fill('tells of flaws only, of no package'),
    ]);
  });

  it('stops when it is asked to', async () => {
    const path = file('a.ndjson', text('A'));
    await expect(idsOf(path, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe('hostile input', () => {
  const small = { recordBytes: 10_000 };

  it.each<[string, string, string | Buffer | undefined, ReadAdvisoriesOptions?]>([
    ['a file that is not there', 'advisories-unreadable', undefined],
    ['a broken gzip', 'advisories-corrupt', gzipSync('x'.repeat(1000)).subarray(0, 20)],
    [
      'a broken zstd',
      'advisories-corrupt',
      Buffer.concat([zstdCompressSync(text('A')).subarray(0, 8), Buffer.alloc(50, 7)]),
    ],
    ['a broken zip', 'advisories-corrupt', zip({ 'A.json': text('A') }).subarray(0, -10)],
    ['a zip whose entry lies about its size', 'advisories-corrupt', lyingZip()],
    ['a zip that leaves its folder', 'advisories-corrupt', zip({ '../A.json': text('A') })],
    ['a zip without advisories', 'advisories-none', zip({ 'README.md': '#' })],
    ['an array without end', 'advisories-corrupt', `[${text('A')},`],
    ['an endless line', 'advisories-record-too-large', `{"id":"${'x'.repeat(20_000)}`, { limits: small }],
    [
      'an endless line after a good one',
      'advisories-record-too-large',
      `${text('A')}\n${'x'.repeat(20_000)}`,
      { limits: small },
    ],
    ['an endless document', 'advisories-record-too-large', `{\n${'"a":1,\n'.repeat(5_000)}`, { limits: small }],
    ['an endless element', 'advisories-record-too-large', `[{"a":"${'x'.repeat(20_000)}`, { limits: small }],
    ['an endlessly deep element', 'advisories-record-too-large', '['.repeat(20_000), { limits: small }],
    [
      'a bomb',
      'advisories-too-large',
      gzipSync('\n'.repeat(10_000_000)),
      { limits: { freeBytes: 1_000_000, maxRatio: 100 } },
    ],
    [
      'a zip bomb',
      'advisories-too-large',
      zip({ 'A.json': '\n'.repeat(5_000_000) }),
      { limits: { freeBytes: 1_000_000, maxRatio: 100 } },
    ],
  ])('%s: %s', async (_name, code, content, options) => {
    const path = content === undefined ? join(folder, 'nothing') : file('hostile', content);
    expect(await codeOf(path, options)).toBe(code);
  });

  it('says so when a folder holds none', async () => {
    file('README.md', '#');
    expect(await codeOf(folder)).toBe('advisories-none');
  });

  it('refuses a record that is nested without sense, and reads on', async () => {
    const deep = `{"id":"A","modified":"2026-01-01T00:00:00Z","affected":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    const refused: string[] = [];
    const ids = await idsOf(file('deep.ndjson', `${deep}\n${text('B')}`), {
      onRefused: ({ reason }) => refused.push(reason),
    });
    expect(ids).toEqual(['B']);
    expect(refused).toHaveLength(1);
  });
});

function lyingZip(): Buffer {
  const bytes = zip({ 'A.json': text('A') });
  const directory = bytes.indexOf('PK\u0001\u0002', 0, 'latin1');
  bytes.writeUInt32LE(5, directory + 24);
  return bytes;
}
