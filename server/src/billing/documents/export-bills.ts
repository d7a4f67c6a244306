/** Bills and credit notes as files. */
import type { AppTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { findBill, listBills } from '../bill-store.ts';
import { signOf, type Bill } from '../bill.ts';
import { billsAsCsv } from './bill-csv.ts';
import { billsAsPdf } from './bill-pdf.ts';
import { toPrintable } from './printable-bill.ts';

export const billFormats = ['csv', 'pdf'] as const;
export type BillFormat = (typeof billFormats)[number];

export interface BillFile {
  readonly fileName: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** So many bills go into one file, so that making it takes no second; a page takes longer than a row. */
const mostBills = { csv: 2_000, pdf: 100 } as const satisfies Record<BillFormat, number>;

const contentTypes = { csv: 'text/csv; charset=utf-8', pdf: 'application/pdf' } as const;

/** One bill. Throws `ResourceNotFound` when the tenant has none of this number. */
export async function exportBill(
  tx: AppTransaction,
  tenant: bigint,
  billId: string,
  format: BillFormat,
): Promise<BillFile> {
  const bill = await findBill(tx, tenant, billId);
  if (!bill) throw new ActionError('ResourceNotFound', `there is no bill ${billId.slice(0, 64)}`);
  return toFile(tx, [bill], format, signOf(bill) < 0n ? `credit-note-${bill.billId}` : `bill-${bill.billId}`);
}

/** All bills and credit notes of a month, oldest first. Throws `ResourceNotFound` when there are none. */
export async function exportBills(
  tx: AppTransaction,
  tenant: bigint,
  month: string,
  format: BillFormat,
): Promise<BillFile> {
  const limit = mostBills[format];
  const { bills, total } = await listBills(tx, tenant, { month }, { offset: 0, limit });
  if (total === 0) throw new ActionError('ResourceNotFound', `there are no bills of ${month}`);
  if (total > limit) {
    const way = format === 'pdf' ? 'take them as csv, or one by one' : 'take them one by one';
    throw new ActionError('LimitExceeded', `${month} has ${total} bills, more than go into one file; ${way}`);
  }
  // Of one second a bill stands before the credit note that corrects it.
  const oldestFirst = bills.toSorted(
    (one, other) =>
      Temporal.Instant.compare(one.billedAt, other.billedAt) ||
      Number(signOf(other) - signOf(one)) ||
      (one.billId < other.billId ? -1 : 1),
  );
  return toFile(tx, oldestFirst, format, `bills-${tenant}-${month}`);
}

async function toFile(tx: AppTransaction, bills: readonly Bill[], format: BillFormat, name: string): Promise<BillFile> {
  const printable = await toPrintable(tx, bills);
  const content = format === 'csv' ? billsAsCsv(printable) : await billsAsPdf(printable, name);
  return { fileName: `${name}.${format}`, contentType: contentTypes[format], content };
}
