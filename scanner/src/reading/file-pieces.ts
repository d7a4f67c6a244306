import type { ByteSource } from '../packages/extractor.ts';

/** Files up to this size are looked at as a whole. */
export const pieceBytes = 32 * 1024 * 1024;
/** What two pieces share, so that what stands at their border is seen whole by one of them. */
export const overlapBytes = 64 * 1024;

export interface FilePiece {
  bytes: Uint8Array;
  offset: number;
  last: boolean;
}

/** A file's content in pieces that overlap, none above `mostBytes`. A piece is valid until the next. */
export function* filePieces(content: ByteSource, mostBytes: number = pieceBytes): Generator<FilePiece> {
  const length = Math.max(2 * overlapBytes, Math.min(pieceBytes, mostBytes));
  for (let offset = 0; ; offset += length - overlapBytes) {
    const last = offset + length >= content.sizeBytes;
    yield { bytes: content.read(offset, length), offset, last };
    if (last) return;
  }
}
