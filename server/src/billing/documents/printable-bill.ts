/** A bill with what its documents say beside it: the tax that its prices contain, by the catalogue that priced each line. */
import { readCatalog } from '../../catalog/index.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import type { Bill } from '../bill.ts';

export interface Tax {
  readonly name: string;
  readonly percent: number;
  readonly cents: bigint;
}

export interface PrintableBill {
  readonly bill: Bill;
  /** Of each line, in their order; none where its catalogue is not known. */
  readonly taxes: readonly (Tax | undefined)[];
}

/** Published catalogues never change, so that a bill has the same tax whenever it is printed. */
export async function toPrintable(tx: AppTransaction, bills: readonly Bill[]): Promise<PrintableBill[]> {
  const versions = new Set(bills.flatMap(({ lines }) => lines.map((line) => line.catalogVersion)));
  const rates = new Map<bigint, Pick<Tax, 'name' | 'percent'>>();
  for (const version of versions) {
    const catalog = await readCatalog(tx, version);
    if (catalog) rates.set(version, catalog.tax);
  }
  return bills.map((bill) => ({
    bill,
    taxes: bill.lines.map(({ catalogVersion, cents }) => {
      const rate = rates.get(catalogVersion);
      return rate && { ...rate, cents: taxWithin(cents, rate.percent) };
    }),
  }));
}

/** What of a price that contains a tax is the tax: rounded half up to cents, once a line. Never negative. */
export function taxWithin(cents: bigint, percent: number): bigint {
  const whole = BigInt(100 + percent);
  return (2n * cents * BigInt(percent) + whole) / (2n * whole);
}

/** Taxes of the same name and rate added up, in the order in which they come. */
export function sumTaxes(taxes: PrintableBill['taxes']): Tax[] {
  const sums = new Map<string, Tax>();
  for (const tax of taxes) {
    if (!tax) continue;
    const key = `${tax.percent} ${tax.name}`;
    sums.set(key, { ...tax, cents: (sums.get(key)?.cents ?? 0n) + tax.cents });
  }
  return [...sums.values()];
}
