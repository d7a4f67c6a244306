import type { Config } from '../../platform/config.ts';
import type { PaymentProvider } from './provider.ts';
import { stripeProvider } from './stripe.ts';

/** The provider that the operator has set up; none unless one was. */
export function paymentProvider({ stripe }: Config): PaymentProvider | undefined {
  return stripe && stripeProvider(stripe);
}
