import { gzipSync } from 'node:zlib';
import { fakeGitHubToken, tarArchive } from '../../../tests/support/images/index.ts';
import { Budget } from '../../src/budget.ts';
import { BytesSupply } from '../../src/reading/byte-supply.ts';
import { unpackPaths } from '../../src/reading/path-list.ts';
import { readLayer } from '../../src/reading/read-layer.ts';
import { parseLayerIndex } from '../../src/sandbox/messages.ts';
import { loadSecretRules } from '../../src/secrets/index.ts';
import { type FuzzTarget, type Outcome, promise } from '../fuzz-target.ts';
import { isStorable } from './extractor-target.ts';
import { isInside, repairTar, tarSeeds, tarWords } from './tar.ts';

const packages = tarArchive([
  { path: 'etc', folder: true },
  { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.10.1\n' },
  { path: 'lib/apk/db/installed', content: 'P:musl\nV:1.1.22-r3\nA:x86_64\no:musl\n\n' },
  { path: 'app/node_modules/a/package.json', content: '{"name":"a","version":"1.0.0"}' },
  { path: 'b/node_modules/a/package.json', target: 'app/node_modules/a/package.json', hard: true },
  { path: 'root/key', content: `${fakeGitHubToken()}\n` },
  { path: 'var', target: 'data' },
  { path: 'a/.wh.b', content: '' },
]);

const secretRules = loadSecretRules();

/** A whole layer, as its child reads it: what it tells is what the parent believes. */
export const layer: FuzzTarget = {
  seeds: [packages, ...tarSeeds, gzipSync(packages)],
  words: [...tarWords, 'var/lib/dpkg/status', 'package.json', 'METADATA', '.jar'],
  repair: repairTar,
  read,
};

function read(input: Uint8Array): Outcome {
  const budget = new Budget({ entries: 10_000, bytes: 64 * 1024 * 1024, memoryBytes: 16 * 1024 * 1024 });
  const told = readLayer(new BytesSupply(input), { budget, hashed: true, misconfiguration: true, secretRules });
  parseLayerIndex(JSON.parse(JSON.stringify(told)));
  promise(isStorable(told), 'a text that no database takes');
  const paths = [...unpackPaths(told.paths)].map(({ path }) => path);
  const others = [told.removed, told.opaque, told.files.map(({ path }) => path), told.links.map(({ path }) => path)];
  promise([paths, ...others].flat().every(isInside), 'a path that leaves the root');
  promise(told.diffId !== '' || told.incomplete.length > 0, 'cut short without a word');
  return { word: told.incomplete[0]?.code ?? 'complete', told };
}
