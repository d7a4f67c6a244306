/**
 * `node walk-headers.ts ARCHIVE`: goes from header to header through all layers of an archive whose layers are not
 * compressed, and does nothing else. It is what no reader can do without, by the means that ours has, too.
 */
import { openSync, readSync } from 'node:fs';

const [, , archive = ''] = process.argv;
const fd = openSync(archive, 'r');
const blockBytes = 512;
/** After a jump over content a header is all that is sure to be needed. */
const buffer = Buffer.allocUnsafeSlow(16 * 1024);

const layers: { offset: number; size: number }[] = [];
walk(0, (offset, size, name) => {
  if (name.startsWith('layer-')) layers.push({ offset, size });
});
let entries = 0;
for (const { offset } of layers) walk(offset, () => (entries += 1));
process.stdout.write(`${entries} entries\n`);

/** Up to the empty block at the end. The name as far as the header itself holds it. */
function walk(from: number, visit: (offset: number, size: number, name: string) => void): void {
  let windowFrom = from;
  let windowEnd = from;
  for (let at = from; ; ) {
    if (at + blockBytes > windowEnd) {
      windowFrom = at;
      windowEnd = at + readSync(fd, buffer, 0, buffer.length, at);
    }
    const start = at - windowFrom;
    if (at + blockBytes > windowEnd || buffer[start] === 0) return;
    const size = sizeAt(start);
    visit(at + blockBytes, size, buffer.toString('latin1', start, start + 8));
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
}

/** Octal digits or, behind a byte above 127, a binary number, as GNU tar writes the large ones. */
function sizeAt(start: number): number {
  let size = 0;
  const isBinary = (buffer[start + 124] ?? 0) > 127;
  for (let index = isBinary ? 125 : 124; index < 136; index += 1) {
    const byte = buffer[start + index] ?? 0;
    if (isBinary) size = size * 256 + byte;
    else if (byte >= 0x30 && byte <= 0x37) size = size * 8 + byte - 0x30;
  }
  return size;
}
