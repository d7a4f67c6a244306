/** The regular files of a small, well-formed tar (gzip or plain), read whole: for tests on real root file systems. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface TarFile {
  path: string;
  mode: number;
  bytes: Buffer;
}

export function readTarFiles(archive: string | Buffer): TarFile[] {
  const stored = typeof archive === 'string' ? readFileSync(archive) : archive;
  const tar = stored[0] === 0x1f && stored[1] === 0x8b ? gunzipSync(stored) : stored;
  const files: TarFile[] = [];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const sizeBytes = Number.parseInt(textAt(tar, at + 124, 12), 8);
    const prefix = textAt(tar, at + 257, 5) === 'ustar' ? textAt(tar, at + 345, 155) : '';
    const path = [prefix, textAt(tar, at, 100)]
      .filter(Boolean)
      .join('/')
      .replace(/^(?:\.?\/)+/, '');
    const type = textAt(tar, at + 156, 1);
    if (type === '0' || type === '') {
      const mode = Number.parseInt(textAt(tar, at + 100, 8), 8);
      files.push({ path, mode, bytes: tar.subarray(at + 512, at + 512 + sizeBytes) });
    }
    at += 512 + Math.ceil(sizeBytes / 512) * 512;
  }
  return files;
}

function textAt(tar: Buffer, at: number, length: number): string {
  const text = tar.toString('latin1', at, at + length);
  const end = text.indexOf('\0');
  return (end === -1 ? text : text.slice(0, end)).trim();
}
