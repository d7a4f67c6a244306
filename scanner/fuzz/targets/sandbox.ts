import { Readable } from 'node:stream';
import { parseShape } from '../../src/parse-shape.ts';
import { PathPacker, unpackPaths } from '../../src/reading/path-list.ts';
import { readFrames } from '../../src/sandbox/child.ts';
import { frame, frameHeader } from '../../src/sandbox/frames.ts';
import { malwareResult, parseLayerIndex } from '../../src/sandbox/messages.ts';
import { type FuzzTarget, promise } from '../fuzz-target.ts';

const index = JSON.stringify({
  diffId: `sha256:${'0'.repeat(64)}`,
  files: [
    {
      path: 'a',
      sizeBytes: 1,
      packages: [{ kind: 'npm', name: 'a', version: '1' }],
      secrets: [{ rule: 'r', title: 't', severity: 'high', line: 1, redacted: 'x', fingerprint: 'f' }],
    },
  ],
  paths: '0/a//0/b/',
  links: [{ path: 'lib', target: 'usr/lib' }],
  removed: ['c'],
  opaque: [],
  entryCount: 2,
  uncompressedBytes: 1024,
  incomplete: [{ code: 'layer-truncated', message: 'cut' }],
});
const malware = JSON.stringify({
  job: 1,
  files: [{ path: 'a', number: 0, sizeBytes: 1, hits: [], md5: '0'.repeat(32), sha256: '0'.repeat(64) }],
  left: 0,
});
const framed = (kind: number, text: string): Buffer =>
  Buffer.concat([frameHeader(kind, Buffer.byteLength(text)), Buffer.from(text)]);

/** What comes out of a child that hostile bytes have taken over, in pieces as a pipe gives them. */
export const sandboxFrames: FuzzTarget = {
  seeds: [Buffer.concat([framed(frame.ready, ''), framed(frame.result, index)]), framed(frame.result, '{}')],
  words: ['\x05\0\0\0\0', '\x06\0\0\0\x02{}', '\x06\xff\xff\xff\xff'],
  async read(input) {
    const told: [number, string][] = [];
    const pieces = Array.from({ length: Math.ceil(input.length / 300) }, (_, at) =>
      Buffer.from(input.subarray(at * 300, at * 300 + 300)),
    );
    try {
      for await (const { kind, content } of readFrames(Readable.from(pieces)))
        told.push([kind, content.toString('latin1')]);
      promise(told.reduce((sum, [, content]) => sum + content.length, 0) <= input.length, 'more than came');
      return { word: `${Math.min(told.length, 3)} frames`, told };
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('a frame ')) throw error;
      return { word: 'refused', told };
    }
  },
};

/** The JSON in the frames. */
export const sandboxMessages: FuzzTarget = {
  seeds: [Buffer.from(index), Buffer.from(malware)],
  words: ['null', '-1', '1.5', '1e400', '{}', '[]', '"__proto__":{"a":1}', '"paths":', '"kind":"npm"', '\\ud800'],
  read(input) {
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(input).toString('utf8'));
    } catch {
      return { word: 'no JSON' };
    }
    try {
      return { word: 'index', told: parseLayerIndex(value) };
    } catch {
      // Whatever is thrown, the parent takes it for no answer.
    }
    const { data } = parseShape(malwareResult, value);
    return { word: data === undefined ? 'refused' : 'malware', told: data };
  },
};

/** The list of a layer's paths, as it was kept or as a child tells it. */
export const pathList: FuzzTarget = {
  seeds: [Buffer.from(packed(['usr/bin/a', 'usr/bin/b', 'usr/lib/c/d', 'var/'])), Buffer.from('0/a//1/b//2/c//0/d/')],
  words: ['//', '/', 'zz/', '0/', '1/', '9/', '///', 'zzzzzzzz/'],
  read(input) {
    const told = [...unpackPaths(Buffer.from(input).toString('utf8'))].map(
      ({ path, isFolder }) => `${path}${isFolder ? '/' : ''}`,
    );
    promise(told.length <= input.length, 'more paths than the list can hold');
    return { word: told.length === 0 ? 'none' : 'paths', told };
  },
};

function packed(paths: readonly string[]): string {
  const packer = new PathPacker();
  for (const path of paths) {
    if (path.endsWith('/')) packer.addFolder(path.slice(0, -1));
    else packer.addFile(path);
  }
  return packer.finish();
}
