import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tarArchive, type TarEntry } from '../../../tests/support/images/index.ts';
import { Budget, type BudgetLimits } from '../budget.ts';
import { buildZip, type ZipFixtureEntry } from '../packages/java/fixtures/build-zip.ts';
import { memoryOf } from '../packages/java/zip.ts';
import { archiveKind } from './archive-kind.ts';
import { searchArchive } from './archive-search.ts';

interface Seen {
  isArchive: boolean;
  members: Record<string, string>;
  told: [path: string, message: string][];
  bytes: number;
}

function search(
  path: string,
  bytes: Uint8Array,
  limits: Partial<BudgetLimits> = {},
  wants: (path: string) => boolean = () => true,
): Seen {
  const budget = new Budget(limits);
  const members = new Map<string, string>();
  const told: Seen['told'] = [];
  const kind = archiveKind(bytes) ?? 'tar';
  const isArchive = searchArchive(memoryOf(bytes), kind, {
    path,
    budget,
    sink: {
      wants: (inside) => (wants(inside) ? 'rules' : undefined),
      take: (inside, content) =>
        members.set(inside, Buffer.from(content.read(0, Math.min(20, content.sizeBytes))).toString()),
    },
    tell: (message, inside) => told.push([inside, message]),
  });
  return { isArchive, members: Object.fromEntries(members), told, bytes: budget.bytes };
}

const files = { 'a.sh': 'echo a', 'deep/b.sh': 'echo b' };
const asEntries = (contents: Record<string, string | Uint8Array>) =>
  Object.entries(contents).map(([path, content]): TarEntry => ({ path, content }));
const tarOf = (contents: Record<string, string | Uint8Array>) => tarArchive(asEntries(contents));
const zipOf = (contents: Record<string, string | Uint8Array>, more: Partial<ZipFixtureEntry> = {}) =>
  buildZip(Object.entries(contents).map(([name, content]) => ({ name, content, ...more })));
/** Larger than what is unpacked at once, however it is packed. */
const noise = Buffer.alloc(3_000_000);
for (let at = 0, state = 1; at < noise.length; at += 1) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  noise[at] = state >>> 24;
}

describe('archives in the image', () => {
  it.each([
    ['zip', zipOf(files)],
    ['zip, stored', zipOf(files, { stored: true })],
    ['tar', tarOf(files)],
    ['tar.gz', gzipSync(tarOf(files))],
    ['tar.zst', zstdCompressSync(tarOf(files))],
  ])('are looked into: %s', (_what, bytes) => {
    expect(search('opt/x', bytes)).toMatchObject({ isArchive: true, members: files, told: [] });
  });

  it.each([
    ['opt/a.sh.gz', gzipSync('echo a'), 'a.sh'],
    ['opt/a.sh.zst', zstdCompressSync('echo a'), 'a.sh'],
    ['opt/packed', gzipSync('echo a'), 'packed'],
    ['opt/.gz', Buffer.concat([gzipSync('echo'), gzipSync(' a')]), '.gz'],
  ])('hold one file where they are only compressed: %s', (path, bytes, name) => {
    expect(search(path, bytes)).toMatchObject({ isArchive: true, members: { [name]: 'echo a' }, told: [] });
  });

  it('are looked into piece by piece where they are large', () => {
    const large = gzipSync(tarOf({ 'a.bin': noise, 'b.sh': 'echo b' }));
    expect(large.length).toBeGreaterThan(1024 * 1024);
    expect(search('x.tgz', large)).toMatchObject({ members: { 'b.sh': 'echo b' }, told: [] });
    const one = search('opt/big.gz', gzipSync(noise));
    expect([Object.keys(one.members), one.told]).toEqual([['big'], []]);
  });

  it('are looked into in each other, three deep', () => {
    const inner = zipOf({ 'c.sh': 'echo c' });
    const twice = gzipSync(tarOf({ 'b.zip': inner }));
    expect(search('a.zip', zipOf({ 'b.tgz': twice })).members).toMatchObject({ 'b.tgz!/b.zip!/c.sh': 'echo c' });
    const { members, told } = search('z.tar', tarOf({ 'a.zip': zipOf({ 'b.tgz': twice }) }));
    expect(Object.keys(members).some((name) => name.endsWith('c.sh'))).toBe(false);
    expect(told).toEqual([['z.tar!/a.zip!/b.tgz!/b.zip', 'archives more than 3 deep in each other']]);
  });

  it('keep names that lead out of them where they are', () => {
    const names = ['../../etc/cron.d/x', '/abs/y', './z', 'a/../w'];
    const bytes = zipOf(Object.fromEntries(names.map((name) => [name, name])));
    expect(search('x.zip', bytes).members).toEqual({
      '../../etc/cron.d/x': '../../etc/cron.d/x',
      'abs/y': '/abs/y',
      z: './z',
      w: 'a/../w',
    });
    const [long = ''] = Object.keys(search('x.zip', zipOf({ ['n'.repeat(5000)]: 'x' })).members);
    expect(long).toHaveLength(1000);
  });

  it('leave unopened what nobody wants', () => {
    const bytes = zipOf({ 'A.class': 'class', 'a.sh': 'echo a' });
    expect(search('x.jar', bytes, {}, (path) => path.endsWith('.sh'))).toMatchObject({ members: { 'a.sh': 'echo a' } });
    expect(search('x.jar', bytes, {}, (path) => path.endsWith('.sh')).bytes).toBeLessThan(200);
  });
});

describe('archives that are hostile or broken', () => {
  it.each([
    ['a zip without a directory', zipOf(files).subarray(0, 60)],
    ['a tar whose sum is wrong', Buffer.from(tarOf(files)).fill('x', 0, 10)],
  ])('are none where nothing of them can be read: %s', (_what, bytes) => {
    expect(search('opt/x', bytes)).toMatchObject({ isArchive: false, members: {}, told: [] });
  });

  it.each([
    ['a tar.gz that is cut', gzipSync(tarOf({ 'a.sh': 'echo a', b: noise })).subarray(0, 500_000), 'opt/x'],
    ['a gzip whose sum is wrong', Buffer.concat([gzipSync('echo a').subarray(0, -8), Buffer.alloc(8, 1)]), 'opt/x'],
    ['a gzip that is none', Buffer.from('\x1f\x8b\x08 but no more than that', 'latin1'), 'opt/x'],
    ['a zstd that is none', Buffer.from('\x28\xb5\x2f\xfd but no more than that', 'latin1'), 'opt/x'],
    ['a gzip that is cut', gzipSync(noise).subarray(0, 1_500_000), 'opt/x'],
    ['an encrypted file', zipOf({ 'a.sh': 'echo a' }, { encrypted: true }), 'opt/x!/a.sh'],
    ['a file that is another size', zipOf({ 'a.sh': 'x'.repeat(5000) }, { sizeBytes: 34e6 }), 'opt/x!/a.sh'],
  ])('are told, with what was seen before: %s', (_what, bytes, path) => {
    const { isArchive, told } = search('opt/x', bytes);
    expect(isArchive).toBe(true);
    expect(told.map(([where]) => where)).toContain(path);
  });

  it('sees a tar archive that is cut to its end: there is no more', () => {
    const tar = Buffer.from(tarOf({ ...files, c: 'x'.repeat(2000) }));
    const seen = { members: { ...files, c: 'x'.repeat(20) }, told: [] };
    expect(search('x.tar', tar.subarray(0, 3500))).toMatchObject(seen);
    expect(search('x.tar.gz', gzipSync(tar.subarray(0, 3500)))).toMatchObject(seen);
    expect(search('x.tar', tar.subarray(0, 2600))).toMatchObject({ members: files, told: [] });
  });

  it('does not let one broken archive hide what stands behind it', () => {
    const broken = gzipSync(tarOf({ 'a.sh': 'echo a', b: noise })).subarray(0, 500_000);
    const { members, told } = search(
      'x.tar',
      tarOf({ 'broken.tgz': broken, 'none.zip': 'PK\x03\x04 no', 'b.sh': 'echo b' }),
    );
    expect(members).toMatchObject({ 'broken.tgz!/a.sh': 'echo a', 'none.zip': 'PK\x03\x04 no', 'b.sh': 'echo b' });
    expect(told.map(([path]) => path)).toEqual(['x.tar!/broken.tgz']);
  });

  it.each([
    ['a gzip of zeros', gzipSync(Buffer.alloc(200_000_000))],
    [
      'a zip of zeros',
      zipOf(Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`${at}`, Buffer.alloc(30_000_000)]))),
    ],
    ['a gzip in a gzip', gzipSync(gzipSync(Buffer.alloc(200_000_000)))],
  ])('stops at a bomb: %s', (_what, bytes) => {
    const { isArchive, told, bytes: unpacked } = search('bomb', bytes);
    expect(isArchive).toBe(true);
    expect(told.length).toBeGreaterThan(0);
    expect(unpacked).toBeLessThan(180_000_000);
  });

  it('looks at a file whose directory says that it is empty', () => {
    const bytes = buildZip([{ name: 'a.sh', content: 'echo not empty', sizeBytes: 0 }]);
    expect(search('x.zip', bytes).members).toEqual({ 'a.sh': 'echo not empty' });
  });

  it('ends with its own limits of bytes and entries, and takes what it used from the scan', () => {
    const tar = tarOf(Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`f${at}`, 'x'.repeat(1000)])));
    expect(search('x.tar', tar, { entries: 10 }).told).toEqual([['x.tar', 'more than 10 entries']]);
    expect(search('x.tar', tar, { bytes: 5000 }).told).toEqual([['x.tar', 'more than 5000 bytes when unpacked']]);
    expect(search('x.tar', tar).bytes).toBeGreaterThan(50_000);
  });

  it('throws only when the time of the whole scan is over', () => {
    expect(() => search('x.zip', zipOf(files), { timeMs: -1 })).toThrow('not read to its end');
  });

  it('takes any change of an archive without another error', () => {
    const originals = [
      zipOf({ ...files, 'c.zip': zipOf(files) }),
      tarOf(files),
      gzipSync(tarOf(files)),
      zstdCompressSync(tarOf(files)),
    ];
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.constantFrom(...originals),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        (original, changes, cut) => {
          const bytes = Buffer.from(original);
          for (const { at, byte } of changes) bytes[4 + (at % (bytes.length - 4))] = byte;
          expect(() =>
            search('x', bytes.subarray(0, bytes.length - (cut % 3 === 0 ? cut % bytes.length : 0))),
          ).not.toThrow();
        },
      ),
      { numRuns: 300 },
    );
  });
});
