import { paxRecords, rawEntry, rawTar, type RawEntry } from '../../../tests/support/images/raw-tar.ts';
import { BytesSupply } from '../../src/reading/byte-supply.ts';
import { LayerProblem } from '../../src/reading/layer-problem.ts';
import { normalPath } from '../../src/reading/normal-path.ts';
import { TarWalk } from '../../src/reading/tar-walk.ts';
import { type FuzzTarget, type Outcome, promise } from '../fuzz-target.ts';

const long = `${'folder/'.repeat(30)}file`;

/** Everything that a tar archive can say. */
export const tarSeeds: readonly Uint8Array[] = [
  archive(
    { name: 'etc/', type: '5' },
    { name: 'etc/os-release', content: 'ID=debian\nVERSION_ID="11"\n' },
    { name: 'l', type: '2', link: '/etc' },
  ),
  archive(
    { name: 'a', content: 'x'.repeat(700) },
    { name: 'b', type: '1', link: 'a' },
    { name: 'c', prefix: 'p/q', content: 'y' },
  ),
  archive(
    { type: 'x', content: paxRecords({ path: long, size: '3', linkpath: 'z' }) },
    { name: 'cut', size: 0, content: 'abc' },
  ),
  archive(
    { type: 'g', content: paxRecords({ path: 'all', comment: 'c' }) },
    { name: 'a', content: 'b' },
    { name: 'c' },
  ),
  archive({ name: '././@LongLink', type: 'L', content: `${long}\0` }, { name: 'cut', content: 'x' }),
  archive({ name: '././@LongLink', type: 'K', content: `${long}\0` }, { name: 'l', type: '2', link: 'cut' }),
  archive(
    {
      type: 'x',
      content: paxRecords({
        'GNU.sparse.major': '1',
        'GNU.sparse.minor': '0',
        'GNU.sparse.name': 'real',
        'GNU.sparse.realsize': '9',
      }),
    },
    { name: 's', content: '1\n0\n1\n' },
  ),
  archive(
    { name: 's', type: 'S', content: 'data', magic: 'ustar  \0', change: (header) => (header[482] = 1) },
    rawEntry({ name: 'more' }),
  ),
  archive(
    { name: 'dev/null', type: '3' },
    { name: 'pipe', type: '6' },
    { name: 'x', size: Buffer.from('800000000000000000000004', 'hex'), content: 'text' },
  ),
  archive({ name: 'app/.wh.old' }, { name: 'app/.wh..wh..opq' }, { name: './../x', content: '1' }),
];

export const tarWords: readonly string[] = [
  'ustar\x0000',
  'ustar  \0',
  '././@LongLink',
  '12 path=../x\n',
  '9 size=1\n',
  '999999999 path=',
  'GNU.sparse.map=0,1,2',
  '\x80\0\0\0\0\0\0\0\0\0\x01\0',
  '\xff'.repeat(12),
  '.wh.',
  '.wh..wh..opq',
  '\0'.repeat(512),
];

/** Headers of a tar archive, with the sum that their bytes have. */
export function repairTar(input: Buffer): void {
  for (let at = 0; at + 512 <= input.length; at += 512) {
    if (input[at] === 0 || !input.toString('latin1', at + 257, at + 263).startsWith('ustar')) continue;
    input.fill(' ', at + 148, at + 156);
    let sum = 0;
    for (const byte of input.subarray(at, at + 512)) sum += byte;
    input.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
  }
}

export const tar: FuzzTarget = { seeds: tarSeeds, words: tarWords, repair: repairTar, read: walkAll };

function walkAll(input: Uint8Array): Outcome {
  const told: unknown[] = [];
  try {
    const walk = new TarWalk(new BytesSupply(input));
    while (walk.next()) {
      const { name, kind, sizeBytes, linkName, mode } = walk;
      told.push([name, kind, sizeBytes, linkName, mode]);
      promise(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0, `a size of ${sizeBytes}`);
      promise(told.length <= input.length / 512, 'more entries than headers');
      const path = name === undefined ? undefined : normalPath(name);
      promise(path === undefined || isInside(path), `the path ${path}`);
    }
    return { word: 'ended', told };
  } catch (error) {
    if (!(error instanceof LayerProblem)) throw error;
    return { word: error.code, told };
  }
}

export function isInside(path: string): boolean {
  return (
    path === '' ||
    (path.length <= 4096 && !path.includes('\0') && path.split('/').every((part) => !['', '.', '..'].includes(part)))
  );
}

function archive(...entries: (RawEntry | Buffer)[]): Uint8Array {
  return rawTar(...entries);
}
