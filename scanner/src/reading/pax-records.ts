import { LayerProblem } from './layer-problem.ts';

/** What extended headers say of the entries behind them; all else they may say (times, owners, attributes) is not used. */
export interface PaxRecords {
  path?: string;
  linkPath?: string;
  size?: number;
  /** The number of the user, as it is written. */
  owner?: string;
  /** The file stands in pieces with holes between them (GNU's sparse formats 0.0, 0.1, 1.0). */
  sparse?: boolean;
  sparseName?: string;
  sparseMajor?: string;
  sparseMinor?: string;
  sparseMap?: boolean;
}

/** The name that a sparse file goes by: where its format is one that is known. Source: Go, `archive/tar/reader.go`. */
export function sparseNameOf({ sparseName, sparseMajor = '', sparseMinor = '', sparseMap }: PaxRecords): string {
  const version = `${sparseMajor}.${sparseMinor}`;
  const isKnown = version === '.' ? sparseMap === true : ['0.0', '0.1', '1.0'].includes(version);
  return isKnown ? (sparseName ?? '') : '';
}

/** Reads `length key=value\n` records where they lie. Throws `layer-corrupt`. An empty value takes a setting back. */
export function readPaxRecords(buffer: Buffer, start: number, end: number): PaxRecords {
  const into: PaxRecords = {};
  let at = start;
  while (at < end && buffer[at] !== 0) {
    let length = 0;
    let i = at;
    for (; i < end && buffer[i] !== 0x20; i += 1) {
      const digit = (buffer[i] ?? 0) - 0x30;
      if (digit < 0 || digit > 9 || i - at > 8)
        throw new LayerProblem('layer-corrupt', 'a PAX record without a length');
      length = length * 10 + digit;
    }
    const recordEnd = at + length;
    if (i === at || recordEnd > end || recordEnd <= i + 1 || buffer[recordEnd - 1] !== 0x0a) {
      throw new LayerProblem('layer-corrupt', 'a PAX record with a wrong length');
    }
    const equals = buffer.indexOf(0x3d, i + 1);
    if (equals < 0 || equals >= recordEnd) throw new LayerProblem('layer-corrupt', 'a PAX record without a value');
    takeRecord(buffer.toString('latin1', i + 1, equals), buffer, equals + 1, recordEnd - 1, into);
    at = recordEnd;
  }
  return into;
}

function takeRecord(key: string, buffer: Buffer, from: number, to: number, into: PaxRecords): void {
  switch (key) {
    case 'path':
      setText(into, 'path', buffer, from, to);
      return;
    case 'linkpath':
      setText(into, 'linkPath', buffer, from, to);
      return;
    case 'GNU.sparse.name':
      setText(into, 'sparseName', buffer, from, to);
      return;
    case 'uid':
      if (from === to) delete into.owner;
      else into.owner = buffer.toString('latin1', from, Math.min(to, from + 20));
      return;
    case 'size':
      if (from === to) delete into.size;
      else into.size = readDecimal(buffer.toString('latin1', from, to));
      return;
    case 'GNU.sparse.major':
      into.sparseMajor = buffer.toString('latin1', from, to);
      break;
    case 'GNU.sparse.minor':
      into.sparseMinor = buffer.toString('latin1', from, to);
      break;
    case 'GNU.sparse.map':
      into.sparseMap = from !== to;
      break;
    case 'GNU.sparse.offset':
      into.sparseMap = true;
  }
  if (key.startsWith('GNU.sparse.')) into.sparse = true;
}

function setText(
  into: PaxRecords,
  name: 'path' | 'linkPath' | 'sparseName',
  buffer: Buffer,
  from: number,
  to: number,
): void {
  if (from === to) delete into[name];
  else into[name] = buffer.toString('utf8', from, to);
}

function readDecimal(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new LayerProblem('layer-corrupt', 'a PAX record with a size that is none');
  }
  return value;
}
