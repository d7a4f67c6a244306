import type { Platform } from '../../platform/platform.ts';
import { applyPayment } from './apply-payment.ts';
import { NoticeRefused } from './provider.ts';
import { paymentProvider } from './providers.ts';

/**
 * Takes a notice of the payment provider: its bytes as they came, and its signature. False for one that is not signed by
 * the provider. What fails is thrown: the provider then sends the notice again.
 */
export async function receivePaymentNotice(platform: Platform, body: Buffer, signature: string): Promise<boolean> {
  const provider = paymentProvider(platform.config);
  if (!provider) return false;
  try {
    const payment = await provider.readNotice(body, signature);
    if (payment) await applyPayment(platform, provider.name, payment);
    return true;
  } catch (error) {
    if (error instanceof NoticeRefused) return false;
    throw error;
  }
}
