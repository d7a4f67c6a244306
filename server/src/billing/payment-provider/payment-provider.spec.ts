import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { actionCaller, errorCode, type CallAction } from '../../../../tests/support/call-action.ts';
import { openMarket, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { startStripeDouble, type StripeDouble } from '../../../../tests/support/stripe-double.ts';
import { lineOf } from '../../../../tests/support/wallet-tenant.ts';
import { createApp } from '../../api/http-server.ts';
import { readConfig } from '../../platform/config.ts';
import { chargeUsageOf } from '../charge-usage.ts';
import { wantedStatus } from './apply-payment.ts';

const start = Temporal.Instant.from('2026-03-01T00:00:00Z');
const topUp = z.object({ TopUpId: z.string(), Amount: z.string(), Status: z.string(), Url: z.string() });

describe('paying in by Stripe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wharfinger-stripe-'));
  let stripe: StripeDouble;
  let market: Market;
  let app: FastifyInstance;
  let hours = 0;
  beforeAll(async () => {
    stripe = await startStripeDouble();
    const [key, secret] = [join(folder, 'key'), join(folder, 'secret')];
    writeFileSync(key, `${stripe.secretKey}\n`);
    writeFileSync(secret, `${stripe.webhookSecret}\n`);
    market = await openMarket(start.toString(), () => true, {
      WHARFINGER_STRIPE_SECRET_KEY_FILE: key,
      WHARFINGER_STRIPE_WEBHOOK_SECRET_FILE: secret,
      WHARFINGER_STRIPE_RETURN_URL: 'https://wharfinger.example.com/paid',
      WHARFINGER_STRIPE_API: stripe.url,
    });
    app = createApp(market);
  });
  afterAll(async () => {
    await app.close();
    await market.close();
    await stripe.close();
    rmSync(folder, { recursive: true });
  });

  const create = async (call: CallAction, Amount = '120.50', more = {}) =>
    topUp.parse(await call('CreateTopUp', { Amount, ...more }));
  const state = async (call: CallAction, id: string) => {
    const { List } = await call('DescribeTopUps', { Limit: 100 });
    return z
      .array(topUp)
      .parse(List)
      .find(({ TopUpId }) => TopUpId === id)?.Status;
  };
  const balance = async (call: CallAction) =>
    z.object({ CashAccountBalance: z.number() }).parse(await call('DescribeAccountBalance')).CashAccountBalance;
  const sessionOf = ({ Url }: { Url: string }) => Url.slice(Url.lastIndexOf('/') + 1);
  const post = async ({ body, signature }: { body: string; signature: string }) => {
    const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
    return (await app.inject({ method: 'POST', url: '/webhooks/stripe', headers, body })).statusCode;
  };
  const tell = (type: string, id: string) => post(stripe.notice(`checkout.session.${type}`, id));
  const pass = async (more: number) => {
    hours += more;
    await market.advance(start.add({ hours }));
  };

  it('asks for a page, and credits what was paid on it once, however often it is told', async () => {
    const { call } = await market.customer(0);
    const asked = await create(call);
    expect(asked).toMatchObject({ Amount: '120.50', Status: 'open' });
    const id = sessionOf(asked);
    expect(stripe.sessions.get(id)).toMatchObject({ amount_total: 12_050, currency: 'cny' });
    expect(await tell('completed', id)).toBe(200);
    expect(await balance(call)).toBe(0);
    stripe.pay(id);
    const notice = stripe.notice('checkout.session.completed', id);
    expect(await Promise.all([notice, notice, notice].map(post))).toEqual([200, 200, 200]);
    expect(await tell('async_payment_succeeded', id)).toBe(200);
    expect(await balance(call)).toBe(12_050);
    expect(await state(call, asked.TopUpId)).toBe('paid');
  });

  it('settles a debt first, as any top-up does, and stands in the flow of the account', async () => {
    const { call, tenant } = await market.customer(0);
    const charge = {
      idempotencyKey: 'c',
      reference: `20260301${tenant}`,
      instanceId: 'i',
      regionCode: 'r',
      zoneCode: 'z',
    };
    const usage = {
      tenant,
      line: lineOf(50n, 'elastic-cores'),
      charge: { ...charge, from: start, until: start, samples: [] },
    };
    await market.database.inSystem('test', (tx) => chargeUsageOf(tx, [usage], start));
    const asked = await create(call, '1.00');
    stripe.pay(sessionOf(asked));
    await tell('completed', sessionOf(asked));
    expect(await call('DescribeAccountBalance')).toMatchObject({ CashAccountBalance: 50, OweAmount: 0 });
    const range = { StartTime: '2026-03-01 00:00:00', EndTime: '2026-04-01 00:00:00', Offset: 0, Limit: 10 };
    const { TransactionList } = await call('DescribeBillList', { ...range, PayType: ['recharge'] });
    expect(TransactionList).toMatchObject([{ Amount: 100 }]);
  });

  it('is asked once under a key, also when the answer of the provider was lost', async () => {
    const { call } = await market.customer(0);
    const key = { IdempotencyKey: 'my top-up' };
    const before = stripe.sessions.size;
    // The client itself tries three times.
    stripe.lostAnswers = 3;
    expect(await errorCode(call('CreateTopUp', { Amount: '5.00', ...key }))).toBe('FailedOperation.PaymentProvider');
    const asked = await create(call, '5.00', key);
    expect(await create(call, '5.00', key)).toEqual(asked);
    expect(stripe.sessions.size).toBe(before + 1);
    expect(await errorCode(call('CreateTopUp', { Amount: '6.00', ...key }))).toBe(
      'InvalidParameter.IdempotencyKeyReused',
    );
  });

  it.each([
    ['another amount', { amount_total: 12_049 }],
    ['more', { amount_total: 1_205_000 }],
    ['another currency', { currency: 'jpy' }],
  ])('credits nothing when %s was paid than was asked for', async (_, paid) => {
    const { call } = await market.customer(0);
    const asked = await create(call);
    stripe.pay(sessionOf(asked), paid);
    expect(await tell('completed', sessionOf(asked))).toBe(200);
    expect(await balance(call)).toBe(0);
    expect(await state(call, asked.TopUpId)).toBe('mismatch');
  });

  it('takes no notice that is not signed over these very bytes, now, by the provider', async () => {
    const { call } = await market.customer(0);
    const asked = await create(call);
    const id = sessionOf(asked);
    stripe.pay(id);
    const type = 'checkout.session.completed';
    const good = stripe.notice(type, id);
    const seconds = Math.floor(Temporal.Now.instant().epochMilliseconds / 1000);
    const refused = [
      { ...good, body: good.body.replace('12050', '99999') },
      { ...good, body: `${good.body} ` },
      { ...good, signature: '' },
      { ...good, signature: good.signature.replace(/v1=./, 'v1=g') },
      stripe.notice(type, id, { secret: 'whsec_other' }),
      stripe.notice(type, id, { at: seconds - 3600 }),
    ];
    expect(await Promise.all(refused.map(post))).toEqual(refused.map(() => 400));
    expect(await balance(call)).toBe(0);
    expect(await post(good)).toBe(200);
    expect(await balance(call)).toBe(12_050);
  });

  it('takes what is signed but not ours without doing anything', async () => {
    const { call, tenant } = await market.customer(0);
    const asked = await create(call);
    const id = sessionOf(asked);
    const session = stripe.sessions.get(id);
    if (!session) throw new Error('no session');
    const foreign = { ...session, status: 'complete', payment_status: 'paid' } as const;
    const strangers = [
      { ...foreign, client_reference_id: null },
      { ...foreign, client_reference_id: 'order-1' },
      { ...foreign, client_reference_id: `999999999999-${asked.TopUpId}` },
      { ...foreign, client_reference_id: `${tenant}-tu-${'0'.repeat(20)}` },
      // Another session that says it is ours.
      { ...foreign, id: 'cs_test_other' },
    ];
    for (const stranger of strangers) {
      stripe.sessions.set('stranger', stranger);
      expect(await tell('completed', 'stranger')).toBe(200);
    }
    stripe.sessions.delete('stranger');
    expect(await tell('completed', id)).toBe(200);
    expect(await post(stripe.notice('customer.created', id))).toBe(200);
    expect(await balance(call)).toBe(0);
    expect(await state(call, asked.TopUpId)).toBe('open');
  });

  it('finds by itself what was paid when the notice is lost', async () => {
    const { call } = await market.customer(0);
    const asked = await create(call);
    await pass(1);
    expect(await state(call, asked.TopUpId)).toBe('open');
    stripe.pay(sessionOf(asked));
    await pass(2);
    expect(await balance(call)).toBe(12_050);
    expect(await state(call, asked.TopUpId)).toBe('paid');
    await tell('completed', sessionOf(asked));
    expect(await balance(call)).toBe(12_050);
  });

  it('ends after a day in which nobody paid: then nobody can any more', async () => {
    const { call } = await market.customer(0);
    const asked = await create(call);
    await pass(26);
    expect(stripe.sessions.get(sessionOf(asked))?.status).toBe('expired');
    expect(await state(call, asked.TopUpId)).toBe('ended');
    expect(await balance(call)).toBe(0);
  });

  it('hears an end, waits for a bank that takes its time, and still credits what comes after all', async () => {
    const { call } = await market.customer(0);
    const [ended, slow] = [await create(call), await create(call)];
    const session = stripe.sessions.get(sessionOf(ended));
    Object.assign(session ?? {}, { status: 'expired' });
    await tell('expired', sessionOf(ended));
    expect(await state(call, ended.TopUpId)).toBe('ended');
    // Completed on the page, and the money is on its way.
    stripe.pay(sessionOf(slow), { payment_status: 'unpaid' });
    await tell('completed', sessionOf(slow));
    await pass(48);
    expect(await state(call, slow.TopUpId)).toBe('open');
    await tell('async_payment_failed', sessionOf(slow));
    expect(await state(call, slow.TopUpId)).toBe('ended');
    Object.assign(stripe.sessions.get(sessionOf(slow)) ?? {}, { payment_status: 'paid' });
    await tell('async_payment_succeeded', sessionOf(slow));
    expect([await state(call, slow.TopUpId), await balance(call)]).toEqual(['paid', 12_050]);
    await tell('expired', sessionOf(slow));
    expect(await state(call, slow.TopUpId)).toBe('paid');
  });

  it.each(['0', '-1.00', '1000000.00', '1e3', '0.001'])('takes no top-up of %s', async (Amount) => {
    const { call } = await market.customer(0);
    expect(await errorCode(call('CreateTopUp', { Amount }))).toBe('InvalidParameterValue');
  });

  it('lets twenty wait', async () => {
    const { call } = await market.customer(0);
    for (let asked = 0; asked < 20; asked += 1) await create(call, '1.00');
    expect(await errorCode(call('CreateTopUp', { Amount: '1.00' }))).toBe('LimitExceeded');
  });

  it('is off unless the operator has set it up', async () => {
    const off = { ...market, config: readConfig({ WHARFINGER_HOME: folder }) };
    const { tenant } = await market.customer(0);
    const call = actionCaller(off, tenant);
    expect(await errorCode(call('CreateTopUp', { Amount: '1.00' }))).toBe('FailedOperation.NoPaymentProvider');
    const plain = createApp(off);
    expect((await plain.inject({ method: 'POST', url: '/webhooks/stripe', body: '{}' })).statusCode).toBe(404);
    await plain.close();
  });
});

describe('what was told of a payment', () => {
  const told = fc.constantFrom('open' as const, 'paid' as const, 'ended' as const);
  it('ends the same in any order once it was paid', () => {
    fc.assert(
      fc.property(fc.array(told), (notices) => {
        let status: Parameters<typeof wantedStatus>[0] = 'open';
        for (const notice of notices) status = wantedStatus(status, notice, true) ?? status;
        const expected = notices.includes('paid') ? 'paid' : notices.includes('ended') ? 'ended' : 'open';
        expect(status).toBe(expected);
      }),
    );
  });
});
