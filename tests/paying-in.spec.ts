import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callSigned } from '../server/src/cli/service-call.ts';
import { billingClient, type AccountKey } from './support/official-sdk.ts';
import { startService, type RunningService } from './support/running-service.ts';
import { startStripeDouble, type StripeDouble } from './support/stripe-double.ts';

describe('a tenant pays money in by the payment provider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wharfinger-paying-'));
  let stripe: StripeDouble;
  let service: RunningService;
  let account: AccountKey;
  beforeAll(async () => {
    stripe = await startStripeDouble();
    const [key, secret] = [join(folder, 'key'), join(folder, 'secret')];
    writeFileSync(key, stripe.secretKey);
    writeFileSync(secret, stripe.webhookSecret);
    service = await startService({
      WHARFINGER_TEST_CLOCK: '2026-03-01T10:00:00+08:00',
      WHARFINGER_STRIPE_SECRET_KEY_FILE: key,
      WHARFINGER_STRIPE_WEBHOOK_SECRET_FILE: secret,
      WHARFINGER_STRIPE_RETURN_URL: 'https://console.example.com/paid',
      WHARFINGER_STRIPE_API: stripe.url,
    });
    account = service.command('account', 'create', '--email', 'a@example.com', '--verified') as AccountKey;
  });
  afterAll(async () => {
    await service.remove();
    await stripe.close();
    rmSync(folder, { recursive: true });
  });

  // The service listens elsewhere after each start.
  const ask = async () => {
    const call = { action: 'CreateTopUp', version: '2026-11-01', parameters: { Amount: '9000.00' } };
    const { Url } = await callSigned(new URL(service.url), account, call);
    return String(Url).replace('https://checkout.example.com/', '');
  };
  const cents = async () => (await billingClient(service.url, account).DescribeAccountBalance({})).CashAccountBalance;
  const send = async ({ body, signature }: { body: string; signature: string }) =>
    (
      await fetch(`${service.url}/webhooks/stripe`, {
        method: 'POST',
        body,
        headers: { 'stripe-signature': signature },
      })
    ).status;

  it('and has it as soon as the provider has told, once', async () => {
    const session = await ask();
    stripe.pay(session);
    const notice = stripe.notice('checkout.session.completed', session);
    expect(await send({ ...notice, signature: 't=1,v1=00' })).toBe(400);
    expect(await cents()).toBe(0);
    expect(await send(notice)).toBe(200);
    expect(await cents()).toBe(900_000);
    expect(await send(notice)).toBe(200);
    expect(await cents()).toBe(900_000);
  });

  it('also when the notice is lost and the service was killed in between', async () => {
    const session = await ask();
    await service.kill();
    stripe.pay(session);
    await service.start();
    // Not by the command, whose process this one would wait for while it is to answer for the provider.
    await service.operator('AdvanceTestClock', { Duration: 'PT15M' });
    expect(await cents()).toBe(1_800_000);
  });
});
