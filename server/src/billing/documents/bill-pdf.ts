/** Bills as PDF: one after the other, each on a page of its own. The same bills have the same bytes. */
import { productNames, type PriceLine } from '../../catalog/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime } from '../../platform/wire-types.ts';
import { decimal, yuan } from '../actions/billing-fields.ts';
import { paidBy, signOf, type UsageSample } from '../bill.ts';
import { formula } from '../line-words.ts';
import { layPages, type Block, type TextStyle } from './page-layout.ts';
import { sumTaxes, type PrintableBill } from './printable-bill.ts';

/** Draws the bills in their order; at least one. */
export function billsAsPdf(bills: readonly PrintableBill[], title: string): Promise<Buffer> {
  const [first] = bills;
  if (!first) throw new Error('a document of no bills');
  const blocks = bills.flatMap((printable, index): Block[] =>
    index === 0 ? pageOf(printable) : [{ kind: 'page' }, ...pageOf(printable)],
  );
  return layPages(title, first.bill.billedAt, blocks);
}

function pageOf({ bill, taxes }: PrintableBill): Block[] {
  const isCredit = signOf(bill) < 0n;
  const cny = (cents: bigint) => `${yuan(signOf(bill) * cents)} CNY`;
  const { voucher, credit, cash } = paidBy(bill);
  return [
    { kind: 'text', text: isCredit ? 'Credit note' : 'Bill', style: { size: 20, bold: true } },
    { kind: 'gap', points: 6 },
    fact('Number', bill.billId),
    ...(isCredit ? [fact('Corrects', [...new Set(bill.corrects)].join(', '))] : []),
    fact('Order', bill.orderId),
    fact('Account', String(bill.owner)),
    fact('Time', `${time(bill.billedAt)} (${marketTimeZone})`),
    ...(isCredit ? [] : [fact('Service', `${time(bill.from)} - ${time(bill.until)}`)]),
    fact('Instance', bill.instanceId),
    fact('Region, zone', [bill.regionCode, bill.zoneCode].filter((place) => place !== '').join(', ')),
    { kind: 'gap', points: 6 },
    { kind: 'rule' },
    ...bill.lines.flatMap((line) => lineBlocks(line, cny)),
    { kind: 'rule' },
    amount(isCredit ? 'Given back' : 'Total', cny(bill.realCents), { size: 11, bold: true }),
    ...sumTaxes(taxes).map(({ name, percent, cents }) => amount(`Contains ${name} ${percent}%`, cny(cents))),
    { kind: 'gap', points: 6 },
    ...bill.vouchers.map(({ id, cents }) => amount(`By voucher ${id}`, cny(cents))),
    ...(bill.vouchers.length === 0 && voucher > 0n ? [amount('By vouchers', cny(voucher))] : []),
    ...(credit > 0n ? [amount(isCredit ? 'As granted credit' : 'By granted credit', cny(credit))] : []),
    ...(cash > 0n ? [amount(isCredit ? 'As cash, into the wallet' : 'By cash', cny(cash))] : []),
    ...sampleBlocks(bill.samples ?? []),
  ];
}

function lineBlocks(line: PriceLine, cny: (cents: bigint) => string): Block[] {
  const { numerator, denominator } = line.original;
  const names = line.promotions.map(({ name }) => name).join('; ');
  const small = { indent: 12, size: 8 };
  return [
    amount(productNames[line.product], cny(line.cents), { bold: true }),
    { kind: 'text', text: line.description, style: { indent: 12 } },
    { kind: 'text', text: formula(line), style: small },
    ...(names === ''
      ? []
      : [
          {
            kind: 'text',
            text: `List price ${decimal(numerator, denominator, 2, 2)} CNY; ${names}`,
            style: small,
          } as const,
        ]),
    { kind: 'gap', points: 4 },
  ];
}

/** What a charge was measured by, an hour a line. */
function sampleBlocks(samples: readonly UsageSample[]): Block[] {
  if (samples.length === 0) return [];
  return [
    { kind: 'gap', points: 10 },
    { kind: 'text', text: 'Measured', style: { bold: true } },
    ...samples.map(({ at, quantity, facts }) => {
      const known = ['licensed', 'counted', 'cap'].filter((name) => facts[name] !== undefined);
      const told = known.map((name) => `${name} ${facts[name]}`).join(', ');
      return amount(`${time(Temporal.Instant.from(at))}  ${told}`, quantity, { size: 7.5 });
    }),
  ];
}

function fact(text: string, value: string): Block {
  return { kind: 'fact', text, value };
}

function amount(text: string, value: string, style: TextStyle = {}): Block {
  return { kind: 'amount', text, value, style };
}

function time(instant: Temporal.Instant): string {
  return toWireTime(instant, marketTimeZone);
}
