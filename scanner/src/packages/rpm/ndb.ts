import type { ByteSource } from '../extractor.ts';
import { PackageUnreadable } from '../extractor.ts';
import { Allowance } from './allowance.ts';

export const ndbMagic = 'RpmP';

const pageBytes = 4096;
const slotBytes = 16;
const blockBytes = 16;
/** The head of the database takes the place of the first two slots. */
const headBytes = 32;
const slotMagic = magicOf('Slot');
const blobMagic = magicOf('BlbS');

/**
 * The packages of SUSE's database: pages of slots, each with the place of a header in the file; all numbers with the low
 * byte first. Source: rpm, `lib/backend/ndb/rpmpkg.c`. Throws `PackageUnreadable`.
 */
export function* ndbPackages(bytes: ByteSource): Generator<Uint8Array> {
  const head = viewOf(bytes.read(0, headBytes));
  if (head.byteLength < headBytes) throw new PackageUnreadable('an NDB database that is cut');
  const slotsEnd = head.getUint32(12, true) * pageBytes;
  if (slotsEnd > bytes.sizeBytes) throw new PackageUnreadable('an NDB database that is cut');
  const allowance = new Allowance(bytes.sizeBytes);
  for (let at = headBytes; at < slotsEnd; at += slotBytes) {
    const slot = viewOf(bytes.read(at, slotBytes));
    if (slot.getUint32(0, true) !== slotMagic) throw new PackageUnreadable('an NDB slot that is none');
    const number = slot.getUint32(4, true);
    const offset = slot.getUint32(8, true) * blockBytes;
    if (number === 0 || offset === 0) continue;
    yield readBlob(bytes, offset, number, allowance);
  }
}

function readBlob(bytes: ByteSource, offset: number, number: number, allowance: Allowance): Uint8Array {
  const head = viewOf(bytes.read(offset, 16));
  if (head.byteLength < 16 || head.getUint32(0, true) !== blobMagic || head.getUint32(4, true) !== number) {
    throw new PackageUnreadable('an NDB slot that leads to no package');
  }
  const length = head.getUint32(12, true);
  allowance.take(length);
  const blob = new Uint8Array(bytes.read(offset + 16, length));
  if (blob.length < length) throw new PackageUnreadable('an NDB database that is cut');
  return blob;
}

function magicOf(text: string): number {
  return viewOf(Buffer.from(text)).getUint32(0, true);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
