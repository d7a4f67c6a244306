/** Tar blocks byte by byte, for what no writer of archives would write. */

export interface RawEntry {
  name?: string;
  /** The type flag: `0` a file, `1` a hard link, `2` a symbolic link, `5` a folder, `x` and `g` PAX, `L` and `K` GNU. */
  type?: string;
  content?: string | Uint8Array;
  /** What the header says, where that is not the truth. A text is written as it is. */
  size?: number | string | Uint8Array;
  mode?: string;
  link?: string;
  prefix?: string;
  magic?: string;
  /** Changes the header before its checksum is taken. */
  change?: (header: Buffer) => void;
  checksum?: 'unsigned' | 'signed' | 'wrong';
}

/** One entry, padded; nothing after it. */
export function rawEntry(entry: RawEntry): Buffer {
  const content = Buffer.from(entry.content ?? '');
  const header = Buffer.alloc(512);
  header.write(entry.name ?? '', 0, 100);
  header.write(entry.mode ?? '0000644\0', 100);
  const { size = content.length } = entry;
  if (size instanceof Uint8Array) Buffer.from(size).copy(header, 124);
  else header.write(typeof size === 'string' ? size : `${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write(entry.type ?? '0', 156);
  header.write(entry.link ?? '', 157, 100);
  header.write(entry.magic ?? 'ustar\x0000', 257);
  header.write(entry.prefix ?? '', 345, 155);
  entry.change?.(header);
  header.fill(' ', 148, 156);
  const { checksum = 'unsigned' } = entry;
  let sum = 0;
  for (const byte of header) sum += checksum === 'signed' && byte > 127 ? byte - 256 : byte;
  if (checksum === 'wrong') sum += 1;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** Entries and the two empty blocks that end an archive. */
export function rawTar(...entries: (RawEntry | Buffer)[]): Buffer {
  const blocks = entries.map((entry) => (Buffer.isBuffer(entry) ? entry : rawEntry(entry)));
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** PAX records, each with its own length before it. */
export function paxRecords(records: Record<string, string>): string {
  return Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      const bytes = Buffer.byteLength(rest);
      const length = bytes + String(bytes + String(bytes).length).length;
      return `${length}${rest}`;
    })
    .join('');
}
