/**
 * Payments by Stripe Checkout. The address is a setting of the operator's, not a tenant's, so it does not pass the guard for
 * addresses that users give: an operator may well have a proxy for it on a private address.
 */
import { readFile } from 'node:fs/promises';
import { Stripe } from 'stripe';
import type { Config } from '../../platform/config.ts';
import { NoticeRefused, type Payment, type PaymentProvider } from './provider.ts';

type Session = Stripe.Checkout.Session;

const currency = 'cny';
const timeoutMs = 10_000;

/** Names of the notices that we hear; each carries its session. */
const endings: ReadonlySet<string> = new Set(['checkout.session.expired', 'checkout.session.async_payment_failed']);
const completions: ReadonlySet<string> = new Set([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
]);

export function stripeProvider(settings: NonNullable<Config['stripe']>): PaymentProvider {
  const client = async () => {
    const { protocol, hostname, port } = new URL(settings.api);
    return new Stripe((await readFile(settings.secretKeyFile, 'utf8')).trim(), {
      protocol: protocol === 'http:' ? 'http' : 'https',
      host: hostname,
      port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
      timeout: timeoutMs,
      maxNetworkRetries: 2,
      telemetry: false,
    });
  };
  return {
    name: 'stripe',
    // Eight digits, in the smallest unit of the currency.
    mostCents: 99_999_999n,
    async open({ tenant, topUpId, cents }) {
      const stripe = await client();
      const session = await stripe.checkout.sessions.create(
        {
          mode: 'payment',
          client_reference_id: `${tenant}-${topUpId}`,
          success_url: settings.returnUrl,
          cancel_url: settings.returnUrl,
          line_items: [
            {
              quantity: 1,
              price_data: { currency, unit_amount: Number(cents), product_data: { name: `Top-up of ${tenant}` } },
            },
          ],
        },
        { idempotencyKey: `top-up/${tenant}/${topUpId}` },
      );
      if (!session.url) throw new Error('the payment has no page');
      return { reference: session.id, url: session.url };
    },
    async look(reference) {
      const stripe = await client();
      return toPayment(await stripe.checkout.sessions.retrieve(reference));
    },
    async end(reference) {
      const stripe = await client();
      try {
        return toPayment(await stripe.checkout.sessions.expire(reference));
      } catch (error) {
        // It was completed, or ended by itself, a moment ago.
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
        return toPayment(await stripe.checkout.sessions.retrieve(reference));
      }
    },
    async readNotice(body, signature) {
      const [stripe, secret] = [await client(), (await readFile(settings.webhookSecretFile, 'utf8')).trim()];
      const event = verified(() => stripe.webhooks.constructEvent(body, signature, secret));
      if (completions.has(event.type)) return toPayment(sessionOf(event));
      if (!endings.has(event.type)) return undefined;
      const payment = toPayment(sessionOf(event));
      return payment && payment.status !== 'paid' ? { ...payment, status: 'ended' } : payment;
    },
  };
}

function verified(read: () => Stripe.Event): Stripe.Event {
  try {
    return read();
  } catch (error) {
    throw error instanceof Stripe.errors.StripeSignatureVerificationError ? new NoticeRefused() : error;
  }
}

function sessionOf({ data: { object } }: Stripe.Event): Session | undefined {
  return 'object' in object && object.object === 'checkout.session' ? object : undefined;
}

/** The account at the provider may have payments that somebody else has asked for. */
function toPayment(session: Session | undefined): Payment | undefined {
  const named = /^(\d{12})-(tu-[0-9a-f]{20})$/.exec(session?.client_reference_id ?? '');
  if (!session || !named?.[1] || !named[2]) return undefined;
  return {
    tenant: BigInt(named[1]),
    topUpId: named[2],
    reference: session.id,
    status: session.payment_status === 'paid' ? 'paid' : session.status === 'expired' ? 'ended' : 'open',
    cents: BigInt(session.amount_total ?? 0),
    currency: session.currency ?? '',
  };
}
