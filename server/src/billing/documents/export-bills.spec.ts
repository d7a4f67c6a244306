import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { actionCaller, errorCode, operatorCaller } from '../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { testOrders } from '../../../../tests/support/test-orders.ts';
import { lineOf, walletTenant } from '../../../../tests/support/wallet-tenant.ts';
import { shownText } from './fixtures/shown-text.ts';

const file = z.object({ FileName: z.string(), ContentType: z.string(), Content: z.base64() });
const start = '2026-03-15T06:00:00Z';

describe('bills as files', () => {
  let market: Market;
  let customer: Customer;
  let billId = '';
  let noteId = '';
  beforeAll(async () => {
    market = await openMarket(start);
    customer = await market.customer(10_000);
    const id = await customer.buy('professional', { cores: 100 });
    const refund = await customer.call('RefundInstance', {
      ClientToken: 'give-back',
      ProductCode: 'p_tcss',
      SubProductCode: 'sp_tcss_professional',
      InstanceId: id,
      RegionCode: 'r',
    });
    noteId = `${z.array(z.string()).parse(refund['OrderIdList'])[0]}01`;
    const { DetailSet } = await customer.call('DescribeBillDetail', { Offset: 0, Limit: 10, Month: '2026-03' });
    const ids = z.array(z.looseObject({ BillId: z.string() })).parse(DetailSet);
    billId = ids.find(({ BillId }) => BillId !== noteId)?.BillId ?? '';
  });
  afterAll(() => market.close());

  const exported = async (name: string, request: Record<string, unknown>) => {
    const { Content, ...rest } = file.parse(await customer.call(name, request));
    return { ...rest, content: Buffer.from(Content, 'base64') };
  };

  it('are CSV with a row a line, amounts of credit notes below zero, and the tax that prices contain', async () => {
    const { FileName, ContentType, content } = await exported('ExportBills', { Month: '2026-03', Format: 'csv' });
    expect([FileName, ContentType]).toEqual([`bills-${customer.tenant}-2026-03.csv`, 'text/csv; charset=utf-8']);
    const [header = '', ...rows] = content.toString().trimEnd().split('\r\n');
    expect(header.startsWith('\u{feff}Document,Number,Corrects,')).toBe(true);
    const columns = header.slice(1).split(',');
    const records = rows.map((row) =>
      Object.fromEntries(row.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((cell, index) => [columns[index], cell])),
    );
    const shared = { Account: String(customer.tenant), Month: '2026-03', Currency: 'CNY', Tax: 'VAT 6%' };
    // 9000 × 6 / 106
    const money = { Voucher: '0.00', Credit: '0.00' };
    expect(records).toEqual([
      expect.objectContaining({
        ...shared,
        ...money,
        Document: 'bill',
        Number: billId,
        Corrects: '',
        Amount: '9000.00',
        Cash: '9000.00',
        TaxAmount: '509.43',
      }),
      expect.objectContaining({
        ...shared,
        ...money,
        Document: 'credit note',
        Number: noteId,
        Corrects: billId,
        Amount: '-9000.00',
        Cash: '-9000.00',
        TaxAmount: '-509.43',
      }),
    ]);
  });

  it('are PDF that say the same', async () => {
    const { FileName, ContentType, content } = await exported('ExportBill', { BillId: noteId });
    expect([FileName, ContentType]).toEqual([`credit-note-${noteId}.pdf`, 'application/pdf']);
    const shown = shownText(content);
    for (const text of ['Credit note', noteId, billId, '-9000.00 CNY', 'Contains VAT 6%', '-509.43 CNY', '1 / 1']) {
      expect(shown).toContain(text);
    }
    expect(content.toString('latin1')).toContain('(D:20260315060000Z)');
  });

  it.each([
    ['ExportBill', 'csv', () => ({ BillId: billId })],
    ['ExportBill', 'pdf', () => ({ BillId: billId })],
    ['ExportBills', 'csv', () => ({ Month: '2026-03' })],
    ['ExportBills', 'pdf', () => ({ Month: '2026-03' })],
  ])('%s as %s has the same bytes when made again, also after the catalogue has changed', async (name, Format, of) => {
    const sha = async () =>
      createHash('sha256')
        .update((await exported(name, { ...of(), Format })).content)
        .digest('hex');
    const before = await sha();
    const operator = operatorCaller(market);
    const { Catalog, Version } = await operator('DescribeCatalog');
    const tax = { name: `VAT ${Format}`, percent: name === 'ExportBill' ? 9 : 13 };
    await operator('PublishCatalog', {
      Catalog: { ...z.record(z.string(), z.unknown()).parse(Catalog), tax },
      BaseVersion: Version,
    });
    expect(await sha()).toBe(before);
  });

  it('are given to the operator for any account', async () => {
    const operator = operatorCaller(market);
    const request = { Uin: String(customer.tenant), BillId: billId, Format: 'csv' };
    const own = await customer.call('ExportBill', { BillId: billId, Format: 'csv' });
    expect(await operator('ExportAccountBills', request)).toEqual(own);
    expect(await errorCode(operator('ExportAccountBills', { ...request, Month: '2026-03' }))).toBe('InvalidParameter');
  });

  it('tells what is not there, and nothing of others', async () => {
    const other = await market.customer(0);
    expect(await errorCode(other.call('ExportBill', { BillId: billId }))).toBe('ResourceNotFound');
    expect(await errorCode(other.call('ExportBills', { Month: '2026-03' }))).toBe('ResourceNotFound');
    expect(await errorCode(customer.call('ExportBill', { BillId: '../etc' }))).toBe('InvalidParameterValue');
  });

  it('are not made where they would be too many for one file', async () => {
    const tenant = await walletTenant(market, 101n);
    const orders = testOrders(market, Temporal.Instant.from(start));
    for (let bought = 0; bought < 101; bought += 1) await orders.buy(tenant, 1n);
    const call = actionCaller(market, tenant);
    expect(await errorCode(call('ExportBills', { Month: '2026-03', Format: 'pdf' }))).toBe('LimitExceeded');
    expect(await errorCode(call('ExportBills', { Month: '2026-03', Format: 'csv' }))).toBe('OK');
  });

  it('run no formulas, obey no control characters, and show Chinese', async () => {
    const tenant = await walletTenant(market, 100_000n);
    const now = Temporal.Instant.from(start);
    const description = '=HYPERLINK("http://x"),\u202e\u0007 容器安全 🐳';
    const lines = [{ ...lineOf(1000n), description }];
    const order = { regionCode: '+cmd|x', zoneCode: '上海', lines };
    const { orderId } = await testOrders(market, now).buy(tenant, 1000n, order);
    const call = actionCaller(market, tenant);
    const csv = file.parse(await call('ExportBill', { BillId: `${orderId}01`, Format: 'csv' }));
    const text = Buffer.from(csv.Content, 'base64').toString();
    expect(text).toContain(`"'=HYPERLINK(""http://x""),\u202e\u0007 容器安全 🐳"`);
    expect(text).toContain(`,'+cmd|x,上海,`);
    const pdf = Buffer.from(
      file.parse(await call('ExportBill', { BillId: `${orderId}01`, Format: 'pdf' })).Content,
      'base64',
    );
    expect(shownText(pdf)).toContain('=HYPERLINK("http://x"),\\u{202e}\\u{7} ');
    expect(shownText(pdf)).toContain('\\u{1f433}');
    // The embedded parts of the font say which characters they show.
    for (const character of '容器安全上海') {
      expect(pdf.toString('latin1')).toContain(`<${character.codePointAt(0)?.toString(16).padStart(4, '0')}>`);
    }
  });
});
