import { gzipSync, zstdCompressSync } from 'node:zlib';
import { tarArchive } from '../../../tests/support/images/index.ts';
import { Budget } from '../../src/budget.ts';
import { buildZip } from '../../src/packages/java/fixtures/build-zip.ts';
import { memoryOf } from '../../src/packages/java/zip.ts';
import { archiveKind } from '../../src/reading/archive-kind.ts';
import { searchArchive } from '../../src/reading/archive-search.ts';
import { type FuzzTarget, type Outcome, promise } from '../fuzz-target.ts';

const zip = buildZip([
  { name: 'a/b.sh', content: 'echo b' },
  { name: '../c', content: 'echo c', stored: true },
]);
const tar = tarArchive([
  { path: 'd.zip', content: zip },
  { path: 'e.gz', content: gzipSync('echo e') },
  { path: 'f', content: 'echo f' },
]);

/** What stands in archives of the image, in each other too, is looked at for malware. */
export const archives: FuzzTarget = {
  seeds: [zip, tar, gzipSync(tar), zstdCompressSync(tar), buildZip([{ name: 'g.tar', content: tar }])],
  words: ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', '\x1f\x8b\x08', '\x28\xb5\x2f\xfd', 'ustar', '../', '!/'],
  read,
};

function read(input: Uint8Array): Outcome {
  const members: [string, number][] = [];
  const told: [string, string][] = [];
  const budget = new Budget({ bytes: 64 * 1024 * 1024, entries: 10_000, memoryBytes: 64 * 1024 * 1024 });
  const kind = archiveKind(input);
  if (kind === undefined) return { word: 'none' };
  const isArchive = searchArchive(memoryOf(input), kind, {
    path: 'x',
    budget,
    sink: {
      wants: () => 'rules',
      take(inside, content) {
        promise(inside.length <= 3100 && inside.isWellFormed(), 'a path that no result takes');
        promise(content.sizeBytes >= content.read(0, 1024).length, 'more than its size');
        members.push([inside, content.sizeBytes]);
      },
    },
    tell: (message, path) => told.push([path, message]),
  });
  promise(isArchive || told.length === 0, 'told of what is no archive');
  const word = !isArchive ? 'no archive' : told.length > 0 ? 'told' : 'read';
  return { word, told: [members, told] };
}
