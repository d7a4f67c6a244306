export type ArchiveKind = 'zip' | 'tar' | 'gzip' | 'zstd';

/** What `head`, the first 512 bytes or more, says that a file is. */
export function archiveKind(head: Uint8Array): ArchiveKind | undefined {
  if (startsWith(head, 0, [0x50, 0x4b, 0x03, 0x04])) return 'zip';
  if (startsWith(head, 0, [0x1f, 0x8b, 0x08])) return 'gzip';
  if (startsWith(head, 0, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd';
  // "ustar", as POSIX and GNU have it.
  if (startsWith(head, 257, [0x75, 0x73, 0x74, 0x61, 0x72])) return 'tar';
  return undefined;
}

function startsWith(head: Uint8Array, at: number, magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[at + index] === byte);
}
