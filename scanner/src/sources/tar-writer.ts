/** Headers of a tar archive that our own reader understands, for a folder that is read like a layer. */

const block = 512;

export interface TarHeader {
  /** Bytes, since file names are bytes. Without a leading slash. */
  path: Buffer;
  type: 'file' | 'folder' | 'symlink';
  sizeBytes: number;
  mode: number;
  target?: Buffer;
}

/** The blocks before an entry's content; long names go before it in GNU's way. */
export function tarHeader({ path, type, sizeBytes, mode, target }: TarHeader): Buffer {
  const parts: Buffer[] = [];
  if (path.length > 100) parts.push(longText('L', path));
  if (target !== undefined && target.length > 100) parts.push(longText('K', target));
  parts.push(header(path, type === 'file' ? '0' : type === 'folder' ? '5' : '2', sizeBytes, mode, target));
  return parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
}

/** Zeros up to the next block. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((block - (sizeBytes % block)) % block);
}

/** What ends an archive. */
export const tarEnd: Buffer = Buffer.alloc(2 * block);

function longText(type: 'L' | 'K', text: Buffer): Buffer {
  return Buffer.concat([
    header(Buffer.from('././@LongLink'), type, text.length + 1, 0),
    text,
    Buffer.alloc(1),
    tarPadding(text.length + 1),
  ]);
}

function header(path: Buffer, type: string, size: number, mode: number, target?: Buffer): Buffer {
  const bytes = Buffer.alloc(block);
  path.copy(bytes, 0, 0, 100);
  bytes.write((mode & 0o7777).toString(8).padStart(7, '0'), 100, 'latin1');
  writeSize(bytes, size);
  bytes.write(type, 156, 'latin1');
  target?.copy(bytes, 157, 0, 100);
  bytes.write('ustar  \0', 257, 'latin1');
  bytes.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of bytes) sum += byte;
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

function writeSize(bytes: Buffer, size: number): void {
  if (size < 0o77777777777) {
    bytes.write(size.toString(8).padStart(11, '0'), 124, 'latin1');
    return;
  }
  bytes[124] = 0x80;
  bytes.writeBigUInt64BE(BigInt(size), 128);
}
