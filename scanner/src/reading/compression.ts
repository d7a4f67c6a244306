export type Compression = 'gzip' | 'zstd' | 'none';

/** First bytes that a compressed layer may begin with; 4 are enough. */
export function compressionOf(head: Uint8Array): Compression | 'unsupported' {
  const magic =
    head.length < 4 ? 0 : ((head[0] ?? 0) << 24) | ((head[1] ?? 0) << 16) | ((head[2] ?? 0) << 8) | (head[3] ?? 0);
  if (magic >>> 16 === 0x1f8b) return 'gzip';
  // A frame, or a skippable frame before it (zstd:chunked has them behind).
  if (
    magic === 0x28b52ffd ||
    (magic >>> 0 >= 0x502a4d18 && magic >>> 0 <= 0x5f2a4d18 && (magic & 0x00ffffff) === 0x2a4d18)
  ) {
    return 'zstd';
  }
  if (magic >>> 8 === 0x425a68 || magic === (0xfd377a58 | 0) || magic === 0x04224d18) return 'unsupported';
  return 'none';
}
