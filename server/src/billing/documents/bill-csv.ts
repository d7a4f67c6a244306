/** Bills as CSV: one row a line, for spreadsheets and for programs. Pure: the same bills have the same bytes. */
import { stringify } from 'csv-stringify/sync';
import { productNames, type PriceLine } from '../../catalog/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime } from '../../platform/wire-types.ts';
import { decimal, yuan } from '../actions/billing-fields.ts';
import { payModeOf, signOf, type Bill, type LinePayment } from '../bill.ts';
import { formula, units } from '../line-words.ts';
import type { PrintableBill, Tax } from './printable-bill.ts';

/** Whole numbers are cents, and the only cells that may begin with a minus. */
type Cell = string | bigint;

interface Row {
  readonly bill: Bill;
  readonly line: PriceLine;
  readonly paid: LinePayment;
  readonly tax: Tax | undefined;
  readonly corrects: string;
}

/** Names of the columns are for programs: they are added to at the end only. */
const columns: Readonly<Record<string, (row: Row) => Cell>> = {
  Document: ({ bill }) => (signOf(bill) < 0n ? 'credit note' : 'bill'),
  Number: ({ bill }) => bill.billId,
  Corrects: ({ corrects }) => corrects,
  Order: ({ bill }) => bill.orderId,
  Account: ({ bill }) => String(bill.owner),
  Month: ({ bill }) => bill.month,
  Time: ({ bill }) => time(bill.billedAt),
  Action: ({ bill }) => bill.action,
  PayMode: ({ bill }) => payModeOf(bill),
  Instance: ({ bill }) => bill.instanceId,
  Region: ({ bill }) => bill.regionCode,
  Zone: ({ bill }) => bill.zoneCode,
  From: ({ bill }) => time(bill.from),
  Until: ({ bill }) => time(bill.until),
  Product: ({ line }) => productNames[line.product],
  Description: ({ line }) => line.description,
  UnitPrice: ({ line }) => decimal(line.unitPriceMicro, 1_000_000n, 6, 2),
  Quantity: ({ line }) => String(line.quantity),
  Unit: ({ line }) => units[line.product].unit,
  Share: ({ line }) => `${line.share.numerator}/${line.share.denominator}`,
  ShareOf: ({ line }) => units[line.product].time,
  Formula: ({ line }) => formula(line),
  Amount: ({ bill, line }) => signOf(bill) * line.cents,
  Voucher: ({ bill, paid }) => signOf(bill) * paid.voucher,
  Credit: ({ bill, paid }) => signOf(bill) * paid.credit,
  Cash: ({ bill, paid }) => signOf(bill) * paid.cash,
  Tax: ({ tax }) => (tax ? `${tax.name} ${tax.percent}%` : ''),
  TaxAmount: ({ bill, tax }) => (tax ? signOf(bill) * tax.cents : ''),
  Currency: () => 'CNY',
};

/**
 * UTF-8 with a byte-order mark, without which spreadsheets take Chinese for something else. A text that a spreadsheet would
 * run as a formula gets an apostrophe before it.
 */
export function billsAsCsv(bills: readonly PrintableBill[]): Buffer {
  const rows = bills.flatMap(toRows).map((row) => Object.values(columns).map((cell) => cell(row)));
  const text = stringify(rows, {
    bom: true,
    header: true,
    columns: Object.keys(columns),
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { bigint: yuan },
  });
  return Buffer.from(text);
}

function toRows({ bill, taxes }: PrintableBill): Row[] {
  return bill.lines.map((line, index) => ({
    bill,
    line,
    paid: bill.payments[index] ?? { voucher: 0n, credit: 0n, cash: 0n },
    tax: taxes[index],
    corrects: bill.corrects?.[index] ?? '',
  }));
}

function time(instant: Temporal.Instant): string {
  return toWireTime(instant, marketTimeZone);
}
