import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareMoney,
  formatYuan,
  fromCents,
  fromMicroYuan,
  money,
  multiply,
  noMoney,
  toCents,
} from '../platform/money.ts';
import { anniversary } from './anniversary.ts';
import { builtInCatalog } from './built-in.ts';
import type { Catalog } from './catalog.ts';
import { anchors, spans } from './fixtures/arbitraries.ts';
import { promotion } from './fixtures/promotion.ts';
import { fraction, priceLine, readPriceLines, totalCents, writePriceLines } from './price-line.ts';
import { elasticPriceLine, priceLines, type PriceOccasion, type PriceRequest } from './price-lines.ts';
import { products } from './product.ts';
import { priceActions, type Promotion } from './promotion.ts';
import { share } from './share.ts';

const shanghai = (local: string) => Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai');
const start = shanghai('2026-03-01T00:00:00');
const at = start.toInstant();

function request(changes: Partial<PriceRequest> = {}): PriceRequest {
  return {
    action: 'purchase',
    product: 'professional',
    quantity: 100n,
    anchor: start,
    from: at,
    until: anniversary(start, 3),
    ...changes,
  };
}

function rest(product: PriceRequest['product'], quantity: bigint, from: string): PriceRequest {
  return request({ action: 'upgrade', product, quantity, from: shanghai(from).toInstant() });
}

describe('the price of', () => {
  it.each<[string, PriceRequest, string]>([
    ['100 cores for 3 months', request(), '9000.00'],
    ['1 core for 36 months', request({ quantity: 1n, until: anniversary(start, 36) }), '1080.00'],
    [
      'a renewal by a month',
      request({ action: 'renew', from: anniversary(start, 3), until: anniversary(start, 4) }),
      '3000.00',
    ],
    // 17 started days of 31 and the months of April and May.
    ['more cores mid-term', rest('professional', 10n, '2026-03-15T12:00:00'), '764.52'],
    ['more cores in the last second', rest('professional', 10n, '2026-05-31T23:59:59'), '9.68'],
    ['300 scans a month for 3 months', request({ product: 'image-scan', quantity: 300n }), '270.00'],
    [
      '300 scans a month with 19 of 28 days',
      request({
        product: 'image-scan',
        quantity: 300n,
        anchor: shanghai('2026-02-10T00:00:00'),
        from: shanghai('2026-02-10T00:00:00').toInstant(),
        until: shanghai('2026-03-01T00:00:00').toInstant(),
      }),
      '61.07',
    ],
    [
      '10 GB of logs for a month',
      request({ product: 'log-analysis', quantity: 10n, until: anniversary(start, 1) }),
      '10.00',
    ],
    ['10 GB more for the rest', rest('log-analysis', 10n, '2026-05-31T12:00:00'), '0.32'],
    ['the largest order', request({ quantity: 1_000_000n, until: anniversary(start, 36) }), '1080000000.00'],
  ])('%s is exact and rounded once', (_name, order, yuan) => {
    const [line] = priceLines(builtInCatalog, [order], { at });
    expect(formatYuan(fromCents(line?.cents ?? -1n))).toBe(yuan);
    expect(line).toMatchObject({
      original: line?.amount,
      promotions: [],
      catalogVersion: 0n,
      quantity: order.quantity,
    });
  });

  it.each([
    // The average of 24 samples, exact; 23 and 25 where clocks change.
    [24n, 24n * 100n, '100.00'],
    [24n, 1n, '0.04'],
    [24n, 12n * 7n + 1n, '3.54'],
    [23n, 1n, '0.04'],
    [23n, 22n * 3n, '2.87'],
    [25n, 25n * 3n, '3.00'],
    [24n, 0n, '0.00'],
  ])('a day of %i hours with %i core hours is %s * %s', (hours, coreHours, yuan) => {
    const line = elasticPriceLine(builtInCatalog, { date: Temporal.PlainDate.from('2026-03-01'), hours, coreHours });
    expect(formatYuan(fromCents(line.cents))).toBe(yuan);
    expect(line.description).toBe(`Elastic cores, 2026-03-01: ${coreHours} core hours of ${hours} hours`);
  });

  it('several things has a line for each, each rounded by itself', () => {
    // 0.30 yuan × 300 × 1/31 = 2.903…; 10 × 1/31 = 0.3225…; the sum of the exact amounts would be 3.23.
    const lines = priceLines(
      builtInCatalog,
      [rest('image-scan', 300n, '2026-05-31T00:00:00'), rest('log-analysis', 10n, '2026-05-31T00:00:00')],
      { at },
    );
    expect(lines.map(({ cents }) => cents)).toEqual([290n, 32n]);
    expect(totalCents(lines)).toEqual({ original: 322n, real: 322n });
  });

  it.each<[PriceRequest, string]>([
    [request(), 'Professional edition, purchase: 100 cores, 2026-03-01 00:00:00 to 2026-06-01 00:00:00, 3 months'],
    [
      rest('image-scan', 300n, '2026-03-15T12:00:00'),
      'Image scan, addition: 300 scans a month, 2026-03-15 12:00:00 to 2026-06-01 00:00:00, 2 17/31 months',
    ],
    [
      rest('log-analysis', 10n, '2026-05-31T00:00:00'),
      'Log analysis, addition: 10 GB, 2026-05-31 00:00:00 to 2026-06-01 00:00:00, 1/31 months',
    ],
    [
      request({ action: 'renew', until: anniversary(start, 1) }),
      'Professional edition, renewal: 100 cores, 2026-03-01 00:00:00 to 2026-04-01 00:00:00, 1 month',
    ],
  ])('each line says what it is for', (order, description) => {
    expect(priceLines(builtInCatalog, [order], { at })[0]?.description).toBe(description);
  });
});

describe('a line', () => {
  it.each([
    ['below half a cent', 1n, 1n, 3n, 0n],
    ['at half a cent', 1n, 1n, 2n, 1n],
    ['above half a cent', 1n, 2n, 3n, 1n],
    ['at a cent and a half', 1n, 3n, 2n, 2n],
  ])('is rounded half up: %s', (_name, quantity, numerator, denominator, cents) => {
    const parts = { product: 'log-analysis', description: '', unitPriceMicro: 10_000n, catalogVersion: 1n } as const;
    expect(priceLine({ ...parts, quantity, share: fraction(numerator, denominator) }).cents).toBe(cents);
  });

  it.each([
    ['price', { unitPriceMicro: -1n }],
    ['quantity', { quantity: -1n }],
    ['share', { share: { numerator: -1n, denominator: 2n } }],
  ])('has no negative %s', (_name, changes) => {
    const parts = {
      product: 'professional',
      description: '',
      unitPriceMicro: 1n,
      quantity: 1n,
      catalogVersion: 1n,
    } as const;
    expect(() => priceLine({ ...parts, share: fraction(1n), ...changes })).toThrow(RangeError);
  });

  it('comes back from its column as it was, and has the same bytes when it is written again', () => {
    const catalog = { ...builtInCatalog, version: 3n, promotions: [promotion({ percentOff: 33 })] };
    const lines = priceLines(catalog, [request(), rest('log-analysis', 10n, '2026-03-15T12:00:00')], { at });
    const text = writePriceLines(lines);
    const back = readPriceLines(JSON.parse(text));
    expect(back).toEqual(lines);
    expect(writePriceLines(back)).toBe(text);
    expect(() => readPriceLines([{ ...JSON.parse(text)[0], cents: '1.5' }])).toThrow();
  });
});

describe('promotions on a price', () => {
  const of = (...promotions: Catalog['promotions']): Catalog => ({ ...builtInCatalog, promotions });

  it('lower it exactly, and the line keeps both prices and what worked', () => {
    const catalog = of(promotion({ id: 7, name: 'spring', percentOff: 15 }));
    const [line] = priceLines(catalog, [request()], { at });
    expect(line).toMatchObject({
      original: fromCents(900_000n),
      cents: 765_000n,
      promotions: [{ id: 7, name: 'spring', percentOff: 15 }],
    });
    expect(totalCents(line ? [line] : [])).toEqual({ original: 900_000n, real: 765_000n });
  });

  it('work on the lines that they are for, and leave the others alone', () => {
    const catalog = of(promotion({ products: ['log-analysis'], percentOff: 50 }));
    const lines = priceLines(catalog, [request(), request({ product: 'log-analysis', quantity: 10n })], { at });
    expect(lines.map(({ cents }) => cents)).toEqual([900_000n, 1_500n]);
  });

  it('count whole months only: two and a half are not three', () => {
    const catalog = of(promotion({ actions: ['upgrade'], minimumMonths: 3 }));
    const [line] = priceLines(catalog, [rest('professional', 10n, '2026-03-02T00:00:00')], { at });
    expect(line?.promotions).toEqual([]);
  });

  const code = promotion({ id: 9, code: 'SPRING-26', percentOff: 10 });
  it.each([
    ['SPRING-26', 'OK'],
    ['spring-26', 'OK'],
    ['SPRING-27', 'InvalidParameter.PromotionCode'],
    ['', 'InvalidParameter.PromotionCode'],
    ['__proto__', 'InvalidParameter.PromotionCode'],
  ])('need their code: %j answers %s', (promotionCode, answer) => {
    expect(attempt(of(code), [request()], { promotionCode })).toBe(answer);
  });

  it.each<[string, Partial<Promotion>, Partial<PriceOccasion>, string]>([
    ['before its window', { from: '2026-03-01T00:00:00Z' }, {}, 'InvalidParameter.PromotionCode'],
    ['after its window', { until: '2026-02-28T16:00:00Z' }, {}, 'InvalidParameter.PromotionCode'],
    ['for a longer term', { minimumMonths: 12 }, {}, 'FailedOperation.PromotionNotApplicable'],
    ['for another product', { products: ['log-analysis'] }, {}, 'FailedOperation.PromotionNotApplicable'],
    ['that is used up', {}, { usedUp: new Set([9]) }, 'FailedOperation.PromotionUsedUp'],
    ['that another one beats', { percentOff: 1, stacks: false }, {}, 'OK'],
  ])('refuse a code %s', (_name, changes, occasion, answer) => {
    const catalog = of({ ...code, ...changes }, promotion({ id: 10, stacks: false, percentOff: 5 }));
    expect(attempt(catalog, [request()], { promotionCode: 'SPRING-26', ...occasion })).toBe(answer);
  });

  it('that are used up do not work, without a word where no code was named', () => {
    const catalog = of(promotion({ id: 9, percentOff: 10 }));
    expect(priceLines(catalog, [request()], { at, usedUp: new Set([9]) })[0]?.cents).toBe(900_000n);
  });

  function attempt(catalog: Catalog, requests: PriceRequest[], occasion: object): string {
    try {
      priceLines(catalog, requests, { at, ...occasion });
      return 'OK';
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  }
});

describe('any price', () => {
  const promotions = fc.array(
    fc.record({ percentOff: fc.integer({ min: 1, max: 100 }), stacks: fc.boolean() }).map(promotion),
    { maxLength: 5 },
  );
  const orders = fc
    .tuple(
      anchors,
      spans,
      spans,
      fc.constantFrom(...products),
      fc.constantFrom(...priceActions),
      fc.bigInt({ min: 0n, max: 10n ** 8n }),
    )
    .map(([anchor, a, b, product, action, quantity]): PriceRequest => {
      const [from = 0, until = 0] = [a, b].sort((x, y) => x - y);
      const begin = anchor.toInstant();
      return {
        action,
        product,
        quantity,
        anchor,
        from: begin.add({ seconds: from }),
        until: begin.add({ seconds: until }),
      };
    });

  it('is never negative, never above the list price, and rounded once: within half a cent of what is exact', () => {
    fc.assert(
      fc.property(fc.array(orders, { maxLength: 4 }), promotions, (requests, offered) => {
        const catalog = { ...builtInCatalog, promotions: offered.map((one, index) => ({ ...one, id: index + 1 })) };
        for (const [index, line] of priceLines(catalog, requests, { at }).entries()) {
          const order = requests[index] as PriceRequest;
          const months = share(order.anchor, order.from, order.until);
          const list = multiply(
            fromMicroYuan(line.unitPriceMicro * order.quantity),
            months.numerator,
            months.denominator,
          );
          expect(compareMoney(line.original, list)).toBe(0);
          expect(compareMoney(line.amount, noMoney)).not.toBe(-1);
          expect(compareMoney(line.amount, line.original)).not.toBe(1);
          expect(line.cents).toBe(toCents(line.amount));
          const twice = (line.cents * line.amount.denominator - 100n * line.amount.numerator) * 2n;
          expect(twice > -line.amount.denominator && twice <= line.amount.denominator).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('does not depend on where it is cut at an anniversary, before it is rounded', () => {
    fc.assert(
      fc.property(orders, fc.integer({ min: 0, max: 60 }), (order, months) => {
        const middle = anniversary(order.anchor, months);
        fc.pre(Temporal.Instant.compare(order.from, middle) <= 0 && Temporal.Instant.compare(middle, order.until) <= 0);
        const whole = priceLines(builtInCatalog, [order], { at })[0]?.amount ?? money(-1n);
        const [first, second] = priceLines(
          builtInCatalog,
          [
            { ...order, until: middle },
            { ...order, from: middle },
          ],
          { at },
        );
        const sum = money(
          (first?.amount.numerator ?? 0n) * (second?.amount.denominator ?? 1n) +
            (second?.amount.numerator ?? 0n) * (first?.amount.denominator ?? 1n),
          (first?.amount.denominator ?? 1n) * (second?.amount.denominator ?? 1n),
        );
        expect(compareMoney(whole, sum)).toBe(0);
      }),
    );
  });
});
