import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeGitHubToken, goProgram, tarArchive, type TarEntry } from '../../../tests/support/images/index.ts';
import { paxRecords, rawEntry, rawTar } from '../../../tests/support/images/raw-tar.ts';
import { Budget, type BudgetLimits } from '../budget.ts';
import type { LayerIndex } from '../model.ts';
import { loadSecretRules } from '../secrets/index.ts';
import { type ByteSupply, BytesSupply, FileRange } from './byte-supply.ts';
import { unpackPaths } from './path-list.ts';
import type { MalwareSink } from './malware-search.ts';
import { readLayer, type ReadLayerOptions } from './read-layer.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-layers-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Options = Partial<Omit<ReadLayerOptions, 'budget'>> & { limits?: Partial<BudgetLimits> };

function read(supply: ByteSupply, { limits, ...options }: Options = {}): LayerIndex {
  return readLayer(supply, { hashed: false, ...options, budget: new Budget(limits) });
}

function readBytes(tar: Uint8Array, options?: Options): LayerIndex {
  return read(new BytesSupply(tar), options);
}

/** As a range in the middle of a file. */
function readRange(tar: Uint8Array, options?: Options): LayerIndex {
  const path = join(folder, 'layer');
  writeFileSync(path, Buffer.concat([Buffer.alloc(100, 'before'), tar, Buffer.alloc(5000, 'behind')]));
  const fd = openSync(path, 'r');
  try {
    return read(new FileRange(fd, 100, tar.length), options);
  } finally {
    closeSync(fd);
  }
}

/** Gives a few bytes at a time, as pipes do. */
class Dripping implements ByteSupply {
  readonly #supply: ByteSupply;
  constructor(bytes: Uint8Array) {
    this.#supply = new BytesSupply(bytes);
  }
  read(target: Buffer, at: number, length: number): number {
    return this.#supply.read(target, at, Math.min(length, 997));
  }
}

const pathsOf = (index: LayerIndex): string[] => [...unpackPaths(index.paths)].map(({ path }) => path);
const codesOf = (index: LayerIndex): string[] => index.incomplete.map(({ code }) => code);
const secretRules = loadSecretRules();
const dpkgStatus = (...names: string[]): string =>
  names.map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n`).join('\n');
const packageJson = (name: string): string => JSON.stringify({ name, version: '1.0.0' });

const program = goProgram('usr/bin/tool', 'go1.20.1', { path: 'example.com/tool', version: 'v1.0.0' }, [
  { path: 'example.com/library', version: 'v2.1.0' },
]);

const image: TarEntry[] = [
  { path: 'etc', folder: true },
  { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID="11"\n' },
  { path: 'var/lib/dpkg/status', content: dpkgStatus('bash', 'zlib1g') },
  { path: 'app/node_modules/left-pad/package.json', content: packageJson('left-pad') },
  { path: 'app/.wh.old', content: '' },
  { path: 'srv/.wh..wh..opq', content: '' },
  { path: 'opt/site-packages/six-1.16.0.dist-info/METADATA', content: 'Name: six\nVersion: 1.16.0\n\nLong text\n' },
  { path: 'root/.netrc', content: `machine x\nlogin y\npassword ${fakeGitHubToken()}\n` },
  { path: 'usr/share/large', content: 'x'.repeat(300_000) },
  program,
  { path: 'bin', target: 'usr/bin' },
  { path: 'empty', folder: true },
];

describe('a layer', () => {
  it('is told by what it holds, sets, removes and cannot show', () => {
    const index = readBytes(tarArchive(image), { secretRules, hashed: true });
    expect(index.diffId).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(index.entryCount).toBe(image.length);
    expect(index.removed).toEqual(['app/old']);
    expect(index.opaque).toEqual(['srv']);
    expect(index.links).toEqual([{ path: 'bin', target: 'usr/bin' }]);
    expect(pathsOf(index)).toEqual(image.map(({ path }) => path).filter((path) => !path.includes('.wh.')));
    expect(index.incomplete).toEqual([]);
    const found = index.files.map(({ path, extractor, packages, secrets }) => [
      path,
      extractor,
      packages?.map(({ name, version }) => `${name} ${version}`),
      secrets?.map(({ rule, line }) => `${rule} ${line}`),
    ]);
    expect(found).toEqual([
      ['etc/os-release', 'os-release', [], undefined],
      ['var/lib/dpkg/status', 'dpkg', ['bash 1.0', 'zlib1g 1.0'], undefined],
      ['app/node_modules/left-pad/package.json', 'npm', ['left-pad 1.0.0'], undefined],
      ['opt/site-packages/six-1.16.0.dist-info/METADATA', 'python', ['six 1.16.0'], undefined],
      ['root/.netrc', undefined, undefined, ['github-token 3']],
      [
        'usr/bin/tool',
        'program',
        ['stdlib go1.20.1', 'example.com/tool v1.0.0', 'example.com/library v2.1.0'],
        undefined,
      ],
    ]);
  });

  it('is the same however its bytes come', () => {
    const tar = tarArchive(image);
    const { diffId, ...expected } = readBytes(tar, { secretRules, hashed: true });
    for (const options of [{ secretRules }, { secretRules, hashed: true }]) {
      const own = { ...expected, diffId: options.hashed === true ? diffId : '', uncompressedBytes: expect.any(Number) };
      expect(readRange(tar, options)).toEqual(own);
      expect(readRange(gzipSync(tar), options)).toEqual(own);
      expect(read(new Dripping(tar), options)).toEqual(own);
      expect(read(new Dripping(zstdCompressSync(tar)), options)).toEqual(own);
    }
  });

  it('is the same however its bytes come, whatever is in it', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'node_modules', 'x', 'lib', 'status', '.wh.a', '.wh..wh..opq'), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) => parts.join('/'));
    const entry: fc.Arbitrary<TarEntry> = fc.oneof(
      fc.record({ path, folder: fc.constant<true>(true) }),
      fc.record({ path, target: path, hard: fc.boolean() }),
      fc.record({
        path: path.map((one) => `${one}/package.json`),
        content: fc.constantFrom('{}', packageJson('p'), 'x'.repeat(9000)),
      }),
      fc.record({
        path,
        content: fc.constantFrom('', dpkgStatus('a'), 'y'.repeat(70_000)),
        mode: fc.constantFrom(0o644, 0o755),
      }),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const tar = tarArchive(entries);
        const expected = { ...readBytes(tar), uncompressedBytes: 0 };
        expect({ ...readRange(tar), uncompressedBytes: 0 }).toEqual(expected);
        expect({ ...read(new Dripping(gzipSync(tar, { level: 1 }))), uncompressedBytes: 0 }).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('never fails for what its bytes are', () => {
    const tar = Buffer.from(tarArchive(image));
    const change = fc.tuple(fc.nat(tar.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(tar.length), (changes, length) => {
        const hostile = Buffer.from(tar);
        for (const [at, byte] of changes) hostile[at] = byte;
        const index = readRange(hostile.subarray(0, length));
        expect({ ...readBytes(hostile.subarray(0, length)), uncompressedBytes: 0 }).toEqual({
          ...index,
          uncompressedBytes: 0,
        });
      }),
      { numRuns: 150 },
    );
  });

  it('keeps what stood before the place where it breaks', () => {
    const whole = tarArchive(image);
    const index = readRange(whole.subarray(0, 3000));
    expect(index.files.map(({ path }) => path)).toEqual(['etc/os-release', 'var/lib/dpkg/status']);
    expect(codesOf(index)).toEqual(['layer-truncated']);
    expect(codesOf(readBytes(gzipSync(whole).subarray(0, 600)))).toEqual(['layer-truncated']);
  });

  it('takes the last of several entries of one path; secrets of the others stay, buried', () => {
    const index = readBytes(
      tarArchive([
        { path: 'a/node_modules/p/package.json', content: packageJson('first') },
        { path: 'a/key', content: fakeGitHubToken() },
        { path: 'a/node_modules/p/package.json', content: packageJson('last') },
        { path: 'a', content: 'a file now' },
        { path: 'b/node_modules/p/package.json', content: packageJson('stays') },
      ]),
      { secretRules },
    );
    expect(index.files.map(({ path, buried, packages }) => [path, buried, packages?.[0]?.name])).toEqual([
      ['a/key', true, undefined],
      ['b/node_modules/p/package.json', undefined, 'stays'],
    ]);
  });

  it('reads a hard link as the file that it is', () => {
    const index = readBytes(
      tarArchive([
        { path: 'store/node_modules/p/package.json', content: packageJson('p') },
        { path: 'app/node_modules/p/package.json', target: 'store/node_modules/p/package.json', hard: true },
        { path: 'key', content: fakeGitHubToken() },
        { path: 'same', target: 'key', hard: true },
        { path: 'var/lib/dpkg/status', target: 'key', hard: true },
        { path: 'out', target: '../../etc/passwd', hard: true },
      ]),
      { secretRules },
    );
    expect(index.files.map(({ path, packages, secrets }) => [path, packages?.[0]?.name, secrets?.length])).toEqual([
      ['store/node_modules/p/package.json', 'p', undefined],
      ['app/node_modules/p/package.json', 'p', undefined],
      ['key', undefined, 1],
      ['same', undefined, 1],
      ['var/lib/dpkg/status', undefined, 1],
    ]);
    expect(index.incomplete.map(({ code, path }) => [code, path])).toEqual([
      ['package-unreadable', 'var/lib/dpkg/status'],
      ['path-refused', 'out'],
    ]);
  });

  it('tries what has the name of a database wherever it stands', () => {
    const index = readBytes(
      tarArchive([
        { path: 'opt/db/status', content: dpkgStatus('bash') },
        { path: 'opt/status', content: 'all is well\n' },
        { path: 'data/os-release', content: 'ID=alpine\nVERSION_ID=3.10.1\n' },
      ]),
    );
    expect(index.files.map(({ path, as }) => [path, as])).toEqual([
      ['opt/db/status', 'var/lib/dpkg/status'],
      ['data/os-release', 'etc/os-release'],
    ]);
    expect(index.incomplete).toEqual([]);
  });

  it('reads a large file in pieces that overlap, with the lines that it has', () => {
    const filler = `${'x'.repeat(99)}\n`;
    const lines = (count: number): string => filler.repeat(count);
    const token = fakeGitHubToken();
    // 256 KiB is what may be held: the second token stands across the end of the first piece.
    const before = 256 * 1024 - lines(1000).length - token.length - 1 - 20;
    const text = `${lines(1000)}${token}\n${'y'.repeat(before)}\n${token}\n${lines(5000)}${token}\n`;
    for (const reading of [readBytes, readRange]) {
      const index = reading(tarArchive([{ path: 'big.txt', content: text }]), {
        secretRules,
        limits: { memoryBytes: 1024 * 1024 },
      });
      expect(index.files[0]?.secrets?.map(({ line }) => line)).toEqual([1001, 1003, 6004]);
      expect(index.incomplete).toEqual([]);
    }
  });

  it('tells a secret once that stands in two pieces', () => {
    const token = fakeGitHubToken();
    const text = `${'x'.repeat(250 * 1024)}\n${token}\n${'y'.repeat(100 * 1024)}\n`;
    const index = readBytes(tarArchive([{ path: 'big.txt', content: text }]), {
      secretRules,
      limits: { memoryBytes: 1024 * 1024 },
    });
    expect(index.files[0]?.secrets?.map(({ line }) => line)).toEqual([2]);
  });

  it('tells of files that are too large for what they are wanted for', () => {
    const tar = tarArchive([
      { path: 'a/node_modules/p/package.json', content: `${packageJson('p')}${' '.repeat(3_000_000)}` },
      { path: 'etc/os-release', content: 'ID=debian\n' },
    ]);
    for (const reading of [readBytes, readRange]) {
      const index = reading(tar);
      expect(index.incomplete.map(({ code, path }) => [code, path])).toEqual([
        ['file-too-large', 'a/node_modules/p/package.json'],
      ]);
      expect(index.files.map(({ path }) => path)).toEqual(['etc/os-release']);
    }
  });

  it('holds a program in memory as far as it may', () => {
    const grown = {
      ...program,
      content: Buffer.concat([Buffer.from('content' in program ? program.content : ''), Buffer.alloc(600_000)]),
    };
    const limits = { memoryBytes: 1024 * 1024 };
    const tar = tarArchive([grown]);
    expect(readRange(tar, { limits }).files[0]?.packages).toHaveLength(3);
    expect(readBytes(tar).files[0]?.packages).toHaveLength(3);
  });
});

describe('malware', () => {
  it('gets the bytes of files, each once, and the links to them', () => {
    const seen: string[] = [];
    let bytes = 0;
    const malware: MalwareSink = {
      begin: ({ path, number, sizeBytes }) => seen.push(`begin ${path} ${number} ${sizeBytes}`),
      bytes: (part) => (bytes += part.length),
      end: () => seen.push(`end ${bytes}`),
      link: ({ path, number, target }) => seen.push(`link ${path} ${number} ${target}`),
      forget: (path) => seen.push(`forget ${path}`),
      wants: () => 'rules',
    };
    const script = `#!/bin/sh\n${'echo\n'.repeat(100_000)}`;
    const tar = tarArchive([
      { path: 'etc', folder: true },
      { path: 'etc/script', content: script },
      { path: 'other', target: 'etc/script', hard: true },
    ]);
    readBytes(tar, { malware, limits: { memoryBytes: 1024 * 1024 } });
    expect(seen).toEqual([`begin etc/script 1 ${script.length}`, `end ${script.length}`, 'link other 2 etc/script']);
  });
});

describe('a budget', () => {
  const many = Buffer.concat([
    ...Array.from({ length: 3000 }, (_, index) => rawEntry({ name: `f${index}` })),
    Buffer.alloc(1024),
  ]);

  it.each<[string, Uint8Array, Partial<BudgetLimits>, string]>([
    ['entries', many, { entries: 1000 }, 'budget-entries'],
    ['bytes', many, { bytes: 100_000 }, 'budget-bytes'],
    ['time', many, { timeMs: -1 }, 'budget-time'],
    [
      'depth',
      rawTar({ type: 'x', content: paxRecords({ path: 'a/'.repeat(200) }) }, { name: 'x' }),
      {},
      'budget-depth',
    ],
    [
      'one huge PAX record',
      rawTar({ type: 'x', content: paxRecords({ path: 'a'.repeat(5_000_000) }) }, { name: 'x' }),
      {},
      'budget-memory',
    ],
    ['paths that lead out', rawTar({ name: '../x' }), {}, 'path-refused'],
    [
      'names longer than a path',
      rawTar({ type: 'x', content: paxRecords({ path: 'a'.repeat(5000) }) }, { name: 'x' }),
      {},
      'path-refused',
    ],
  ])('ends or leaves out, and tells: %s', (_, tar, limits, code) => {
    for (const reading of [readBytes, readRange]) {
      const index = reading(tar, { limits });
      expect(codesOf(index)).toEqual([code]);
      if (limits.entries !== undefined) expect(index.entryCount).toBe(1000);
    }
  });

  it('counts what it need not read', () => {
    const tar = tarArchive([
      { path: 'a', content: 'x'.repeat(300_000) },
      { path: 'b', content: '' },
    ]);
    expect(codesOf(readRange(tar, { limits: { bytes: 200_000 } }))).toEqual(['budget-bytes']);
  });

  it('counts what it does not list', () => {
    const index = readBytes(rawTar(...Array.from({ length: 500 }, (_, number) => ({ name: `../${number}` }))));
    expect(index.incomplete).toHaveLength(21);
    expect(index.incomplete.at(-1)).toEqual({ code: 'path-refused', message: 'and 480 more' });
  });

  it('is not used up by a million entries', () => {
    const entry = rawEntry({ name: 'a/file' });
    const total = 1_000_000;
    let given = 0;
    const endless: ByteSupply = {
      read(target, at, length) {
        const count = Math.min(Math.floor(length / entry.length), total - given);
        for (let index = 0; index < count; index += 1) entry.copy(target, at + index * entry.length);
        given += count;
        return count * entry.length;
      },
    };
    const index = read(endless);
    expect(index.entryCount).toBe(total);
    expect(index.incomplete).toEqual([]);
  });

  it('a size beyond the end of the file is no reading beyond the range', () => {
    const tar = rawTar({ name: 'var/lib/dpkg/status', size: 3000, content: dpkgStatus('a') });
    expect(codesOf(readRange(tar.subarray(0, 1024)))).toEqual(['layer-truncated']);
    expect(statSync(join(folder, 'layer')).size).toBe(100 + 1024 + 5000);
  });
});
