/**
 * Speaks as much of Stripe's HTTP API as paying by Checkout needs: sessions are made, read and expired, form-encoded and
 * under idempotency keys; notices are signed as Stripe signs them. Listens on loopback.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

export interface StripeSession {
  id: string;
  object: 'checkout.session';
  status: 'open' | 'complete' | 'expired';
  payment_status: 'paid' | 'unpaid';
  client_reference_id: string | null;
  amount_total: number;
  currency: string;
  url: string | null;
}

export interface StripeDouble {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  readonly sessions: Map<string, StripeSession>;
  /** So many requests from now on are carried out, and their answers are lost. */
  lostAnswers: number;
  /** The payer pays on the page; what was to be paid unless told otherwise. */
  pay(id: string, more?: Partial<StripeSession>): void;
  /** A notice of a session as it stands now, and its signature. */
  notice(type: string, id: string, more?: { at?: number; secret?: string }): { body: string; signature: string };
  close(): Promise<void>;
}

export async function startStripeDouble(): Promise<StripeDouble> {
  const sessions = new Map<string, StripeSession>();
  const answered = new Map<string, StripeSession>();
  const secretKey = `sk_test_${randomBytes(12).toString('hex')}`;
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const carriedOut = answer(request, new URLSearchParams(body));
      const { status, value } = double.lostAnswers > 0 ? refuse(500, 'api_error', 'try again') : carriedOut;
      if (double.lostAnswers > 0) double.lostAnswers -= 1;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    });
  });
  const refuse = (status: number, type: string, message: string) => ({ status, value: { error: { type, message } } });

  function answer(request: IncomingMessage, form: URLSearchParams): { status: number; value: unknown } {
    if (request.headers.authorization !== `Bearer ${secretKey}`)
      return refuse(401, 'invalid_request_error', 'no such key');
    const [, id, verb] = /^\/v1\/checkout\/sessions(?:\/(\w+))?(?:\/(expire))?$/.exec(request.url ?? '') ?? [];
    if (request.method === 'POST' && id === undefined) return create(String(request.headers['idempotency-key']), form);
    const session = sessions.get(id ?? '');
    if (!session) return refuse(404, 'invalid_request_error', 'no such checkout session');
    if (verb === undefined) return { status: 200, value: session };
    if (session.status !== 'open') return refuse(400, 'invalid_request_error', 'only open sessions can be expired');
    Object.assign(session, { status: 'expired', url: null });
    return { status: 200, value: session };
  }

  function create(key: string, form: URLSearchParams): { status: number; value: unknown } {
    const earlier = answered.get(key);
    if (earlier) return { status: 200, value: earlier };
    const amount = Number(form.get('line_items[0][price_data][unit_amount]'));
    const complete =
      form.get('mode') === 'payment' && form.get('success_url') && form.get('line_items[0][quantity]') === '1';
    if (!complete || !Number.isInteger(amount))
      return refuse(400, 'invalid_request_error', 'the session is not complete');
    const id = `cs_test_${randomBytes(12).toString('hex')}`;
    const session: StripeSession = {
      id,
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      client_reference_id: form.get('client_reference_id'),
      amount_total: amount,
      currency: form.get('line_items[0][price_data][currency]') ?? '',
      url: `https://checkout.example.com/${id}`,
    };
    sessions.set(id, session);
    answered.set(key, session);
    return { status: 200, value: session };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const double: StripeDouble = {
    url: `http://127.0.0.1:${port}`,
    secretKey,
    webhookSecret: `whsec_${randomBytes(12).toString('hex')}`,
    sessions,
    lostAnswers: 0,
    pay(id, more = {}) {
      const session = sessions.get(id);
      if (session?.status !== 'open') throw new Error(`nobody can pay ${id}`);
      Object.assign(session, { status: 'complete', payment_status: 'paid', url: null, ...more });
    },
    notice(
      type,
      id,
      { at = Math.floor(Temporal.Now.instant().epochMilliseconds / 1000), secret = double.webhookSecret } = {},
    ) {
      const body = JSON.stringify({
        id: `evt_${randomBytes(8).toString('hex')}`,
        object: 'event',
        type,
        data: { object: sessions.get(id) },
      });
      const hex = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
      return { body, signature: `t=${at},v1=${hex}` };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
