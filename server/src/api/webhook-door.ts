/** The door for notices of the payment provider: no signature of ours, but the provider's over the bytes as they came. */
import type { FastifyInstance } from 'fastify';
import { receivePaymentNotice } from '../billing/index.ts';
import type { Platform } from '../platform/platform.ts';

const maxNoticeBytes = 256 * 1024;

/** Serves `POST /webhooks/stripe` where Stripe is set up. */
export function installWebhookDoor(app: FastifyInstance, platform: Platform): void {
  if (!platform.config.stripe) return;
  app.post('/webhooks/stripe', { bodyLimit: maxNoticeBytes }, async (request, reply) => {
    const signature = request.headers['stripe-signature'];
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    try {
      if (typeof signature === 'string' && (await receivePaymentNotice(platform, body, signature))) {
        return await reply.send('ok\n');
      }
      return await reply.code(400).send('not signed by the payment provider\n');
    } catch (error) {
      // The provider sends it again.
      platform.log.error({ err: error }, 'a notice of the payment provider failed');
      return reply.code(500).send('failed; send it again\n');
    }
  });
}
