/** Archives as container runtimes see them, which unpack with Go's `archive/tar`: what they make of one, we see too. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { paxRecords, rawTar } from '../../../tests/support/images/raw-tar.ts';
import { BytesSupply } from '../../src/reading/byte-supply.ts';
import { LayerProblem } from '../../src/reading/layer-problem.ts';
import { type TarEntryKind, TarWalk } from '../../src/reading/tar-walk.ts';
import { type FuzzTarget, type Outcome, promise } from '../fuzz-target.ts';
import { repairTar, tarSeeds, tarWords } from './tar.ts';

interface GoEntry {
  name: string | null;
  link: string | null;
  type: number;
  size: number;
  mode: number;
}

interface GoAnswer {
  entries: GoEntry[];
  whole: boolean;
}

const folder = mkdtempSync(join(tmpdir(), 'wharfinger-fuzz-go-'));
const program = join(folder, 'list-tar');
execFileSync('go', ['build', '-o', program, fileURLToPath(new URL('../oracles/list-tar.go', import.meta.url))], {
  env: { ...process.env, GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0' },
});
const go: ChildProcess = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const waiting: ((line: string) => void)[] = [];
if (go.stdout !== null) createInterface({ input: go.stdout }).on('line', (line) => waiting.shift()?.(line));

const both = rawTar(
  { type: 'x', content: paxRecords({ path: 'a' }) },
  { type: 'L', content: 'b\0' },
  { type: 'x', content: paxRecords({ size: '3' }) },
  { name: 'c/', type: '\0', content: 'x' },
  { type: 'g', content: paxRecords({ path: 'd' }) },
  { name: 'e/', content: 'x' },
);

export const tarAsGo: FuzzTarget = {
  seeds: [...tarSeeds, both],
  words: [...tarWords, 'tar\0', 'us\0ar\x0000'],
  repair: repairTar,
  async read(input) {
    const told = await askGo(input);
    return compare(input, told);
  },
  close: () => go.stdin?.end(),
};

/** What Go refuses no container is made of: then we may see what we like, or more. */
function compare(input: Uint8Array, told: GoAnswer): Outcome {
  const walk = new TarWalk(new BytesSupply(input));
  const theirs = told.entries.filter(({ type }) => type !== 0x67);
  if (!told.whole) return { word: 'refused by Go' };
  let seen = 0;
  try {
    for (; walk.next(); seen += 1) {
      const entry = theirs[seen];
      promise(entry !== undefined, 'an entry that Go does not see');
      if (entry !== undefined) compareEntry(walk, entry);
    }
  } catch (error) {
    if (!(error instanceof LayerProblem)) throw error;
    return { word: `told: ${error.code}` };
  }
  promise(seen === theirs.length, 'fewer entries than Go sees');
  return { word: seen === 0 ? 'nothing' : 'the same' };
}

function compareEntry({ name, kind, sizeBytes, linkName, sparse, mode }: TarWalk, entry: GoEntry): void {
  const isLink = kind === 'symlink' || kind === 'hardlink';
  promise(name === undefined || name === text(entry.name), 'another name than Go sees');
  promise(kind === kindOf(entry.type), 'another kind than Go sees');
  promise(!isLink || linkName === text(entry.link), 'another target than Go sees');
  promise(kind !== 'file' || sparse || sizeBytes === entry.size, 'another size than Go sees');
  promise((mode & 0o7777) === (entry.mode & 0o7777), 'other permissions than Go sees');
}

function kindOf(type: number): TarEntryKind {
  const kinds: Record<string, TarEntryKind> = {
    '1': 'hardlink',
    '2': 'symlink',
    '3': 'other',
    '4': 'other',
    '5': 'folder',
    '6': 'other',
  };
  return kinds[String.fromCharCode(type)] ?? 'file';
}

function text(base64: string | null): string {
  return Buffer.from(base64 ?? '', 'base64').toString('utf8');
}

async function askGo(input: Uint8Array): Promise<GoAnswer> {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(input.length);
  const line = new Promise<string>((resolve) => waiting.push(resolve));
  go.stdin?.write(Buffer.concat([length, input]));
  return JSON.parse(await line) as GoAnswer;
}
