/** Writes tar archives: what the layers of an image are. Equal entries give equal bytes, so digests stay the same. */

export type TarEntry = TarFile | TarFolder | TarLink;

export interface TarFile {
  path: string;
  content: string | Uint8Array;
  /** 0644 unless told. */
  mode?: number;
}

export interface TarFolder {
  path: string;
  folder: true;
  /** 0755 unless told. */
  mode?: number;
}

export interface TarLink {
  path: string;
  /** Where a symbolic link points; with `hard`, the path in the same archive of the file that this is another name of. */
  target: string;
  hard?: boolean;
}

const blockBytes = 512;
/** A fixed time for everything: 2021-08-14, the day Debian 11 came out. */
const modified = 1_628_899_200;

/** A POSIX archive (ustar, with PAX records for what its fields are too small for), ending in two empty blocks. */
export function tarArchive(entries: readonly TarEntry[]): Uint8Array {
  return Buffer.concat([...entries.flatMap(writeEntry), Buffer.alloc(2 * blockBytes)]);
}

/** What a registry or a kernel knows as the type of an entry. */
type TypeFlag = '0' | '1' | '2' | '5' | 'x';

function writeEntry(entry: TarEntry): Uint8Array[] {
  if ('folder' in entry) return writeMember({ path: `${entry.path}/`, type: '5', mode: entry.mode ?? 0o755 });
  if ('target' in entry) {
    return writeMember({ path: entry.path, type: entry.hard === true ? '1' : '2', mode: 0o777, target: entry.target });
  }
  const content = typeof entry.content === 'string' ? Buffer.from(entry.content) : entry.content;
  return writeMember({ path: entry.path, type: '0', mode: entry.mode ?? 0o644, content });
}

interface Member {
  path: string;
  type: TypeFlag;
  mode: number;
  target?: string;
  content?: Uint8Array;
}

function writeMember(member: Member): Uint8Array[] {
  const records = [
    ...(fits(member.path) ? [] : [paxRecord('path', member.path)]),
    ...(member.target === undefined || fits(member.target) ? [] : [paxRecord('linkpath', member.target)]),
  ];
  const extended =
    records.length === 0
      ? []
      : writeMember({ path: 'PaxHeaders/entry', type: 'x', mode: 0o644, content: Buffer.from(records.join('')) });
  const { content = new Uint8Array() } = member;
  const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
  return [...extended, header(member, content.length), content, padding];
}

/** `name` and `linkname` hold 100 bytes. */
function fits(text: string): boolean {
  return Buffer.byteLength(text) <= 100;
}

/** `length key=value\n`, where the length counts its own digits too. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  const digits = String(bytes + String(bytes).length).length;
  return `${bytes + digits}${rest}`;
}

/** Source: POSIX.1-2017, pax, "ustar Interchange Format". */
function header({ path, type, mode, target = '' }: Member, sizeBytes: number): Uint8Array {
  const block = Buffer.alloc(blockBytes);
  block.write(path, 0, 100);
  octal(block, 100, 8, mode);
  octal(block, 108, 8, 0);
  octal(block, 116, 8, 0);
  octal(block, 124, 12, sizeBytes);
  octal(block, 136, 12, modified);
  block.fill(' ', 148, 156);
  block.write(type, 156);
  block.write(target, 157, 100);
  block.write('ustar\0', 257);
  block.write('00', 263);
  block.write('root', 265);
  block.write('root', 297);
  octal(
    block,
    148,
    7,
    block.reduce((sum, byte) => sum + byte, 0),
  );
  return block;
}

function octal(block: Buffer, offset: number, length: number, value: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset);
}
