import { wideEncodingOf } from './utf16.ts';

/** Which files are worth looking into for secrets: three quarters of an image's bytes are programs and compressed data. */

/** No secret that a rule knows is shorter. */
const LEAST_BYTES = 8;
/** Data files that are not text (databases, caches) are read up to this size. */
const MOST_BINARY_BYTES = 4_194_304;
/** Text above this is a dump of data; reading it would cost more than the rest of the image. */
const MOST_TEXT_BYTES = 134_217_728;

/** First bytes of kinds that hold no readable text: programs, compressed data, pictures, sound, fonts, tables. */
const skippedKinds: readonly (readonly number[])[] = [
  [0x7f, 0x45, 0x4c, 0x46], // ELF
  [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e], // ar: static libraries, .deb
  [0xca, 0xfe, 0xba, 0xbe], // Java class, fat Mach-O
  [0xcf, 0xfa, 0xed, 0xfe], // Mach-O
  [0x00, 0x61, 0x73, 0x6d], // WebAssembly
  [0x42, 0x43, 0xc0, 0xde], // LLVM bitcode
  [0x1f, 0x8b], // gzip
  [0x28, 0xb5, 0x2f, 0xfd], // zstd
  [0xfd, 0x37, 0x7a, 0x58, 0x5a], // xz
  [0x42, 0x5a, 0x68], // bzip2
  [0x04, 0x22, 0x4d, 0x18], // lz4
  [0x50, 0x4b, 0x03, 0x04], // zip, jar, whl
  [0x37, 0x7a, 0xbc, 0xaf], // 7z
  [0x52, 0x61, 0x72, 0x21], // rar
  [0x89, 0x50, 0x4e, 0x47], // PNG
  [0xff, 0xd8, 0xff], // JPEG
  [0x47, 0x49, 0x46, 0x38], // GIF
  [0x49, 0x44, 0x33], // MP3
  [0x4f, 0x67, 0x67, 0x53], // Ogg
  [0x77, 0x4f, 0x46], // WOFF
  [0x00, 0x01, 0x00, 0x00, 0x00], // TrueType
  [0x4f, 0x54, 0x54, 0x4f], // OpenType
  [0x80, 0x01], // PostScript font
  [0xde, 0x12, 0x04, 0x95], // .mo
  [0x95, 0x04, 0x12, 0xde], // .mo, big endian
  [0x54, 0x5a, 0x69, 0x66], // zoneinfo
  [0xed, 0xab, 0xee, 0xdb], // rpm
];

/**
 * Lists of checksums and file names, compiled terminfo and locales, documentation in other forms, and byte code whose source
 * stands beside it. Lock files and minified scripts are read: both can carry tokens (a registry's address, an embedded key).
 */
const skippedPaths =
  /(?:^|\/)(?:__pycache__\/[^/]*|go\.sum|[^/]*\.(?:md5sums|sha256sums?|sha512sums?|mo|gmo|gresource|ttf|otf|woff2?|ico|webp|avif|mp4))$|^var\/lib\/dpkg\/info\/[^/]*\.(?:list|symbols|shlibs)$|^(?:usr\/(?:share|lib)|lib|etc)\/terminfo\/|^usr\/lib\/locale\/|\/babel\/locale-data\/|^usr\/share\/(?:i18n|zoneinfo|info)\//;

/** `head` is the beginning of the file (256 bytes or more where it has them), `path` as in the image. */
export function wantsSecrets(path: string, head: Uint8Array, sizeBytes: number): boolean {
  if (sizeBytes < LEAST_BYTES || sizeBytes > MOST_TEXT_BYTES) return false;
  if (skippedPaths.test(path)) return false;
  if (skippedKinds.some((kind) => kind.every((byte, index) => head[index] === byte))) return false;
  return sizeBytes <= MOST_BINARY_BYTES || !head.includes(0) || wideEncodingOf(head) !== undefined;
}
