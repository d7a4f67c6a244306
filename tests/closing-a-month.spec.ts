import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newBuyer, type Buyer } from './support/buyer.ts';
import { startService, type RunningService } from './support/running-service.ts';

describe('a month is closed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wharfinger-close-'));
  let service: RunningService;
  let buyer: Buyer;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: '2026-03-28T10:00:00+08:00' });
    buyer = await newBuyer(service, '20000.00');
    await buyer.buy('professional', { cores: 100 }, { months: 3 });
    const logs = await buyer.buy('logs', { capacityGB: 10 }, { months: 1 });
    // 20 more than licensed, for a day.
    service.command('samples', 'put', '--account', buyer.accountId, '--cores', '120');
    service.command('clock', 'advance', '--to', '2026-03-30T10:00:00+08:00');
    await buyer.ours('CreateRefundRequest', { InstanceId: logs, Reason: 'not needed' });
    const waiting = service.command('refund', 'list') as { orderId: string }[];
    const order = waiting[0]?.orderId ?? '';
    service.command('refund', 'approve', '--account', buyer.accountId, '--order', order);
  });
  afterAll(async () => {
    await service.remove();
    rmSync(folder, { recursive: true });
  });

  it('when it is over and bills, ledger and orders agree', () => {
    expect(() => service.command('billing', 'close', '2026-03')).toThrow(/MonthNotOver/);
    service.command('clock', 'advance', '--to', '2026-04-02T10:00:00+08:00');
    const closed = service.command('billing', 'close', '2026-03') as Record<string, unknown>;
    // 28 March from 11:00 on, 13 hours of 20 cores: 10.83; 29 March and 30 March whole: 20.00 each.
    expect(closed).toMatchObject({ closed: true, accounts: 1, bills: 6, orders: '9010.00', charges: '50.83' });
    expect(closed['billed']).toBe(closed['ledger']);
    const cents = (field: string) => Math.round(Number(closed[field]) * 100);
    expect(cents('billed')).toBe(cents('orders') + cents('charges') - cents('refunds'));
    expect(cents('refunds')).toBeGreaterThan(0);
    expect(service.command('billing', 'close', '2026-03')).toEqual(closed);
    const { closed: _, ...row } = closed;
    expect(service.command('billing', 'closes')).toEqual([row]);
  });

  it.each(['csv', 'pdf'])('and its bills are written as %s with the same bytes each time', (format) => {
    const write = (name: string) => {
      const file = join(folder, `${name}.${format}`);
      const month = ['--account', buyer.accountId, '--month', '2026-03', '--format', format];
      const told = service.command('bill', 'export', ...month, '--output', file);
      const bytes = readFileSync(file);
      expect(told).toEqual({ file, bytes: bytes.length });
      return bytes;
    };
    const first = write('first');
    expect(write('second')).toEqual(first);
    expect(first.length).toBeGreaterThan(1000);
  });
});
