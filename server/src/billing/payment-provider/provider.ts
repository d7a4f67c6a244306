/** What a provider of payments does for us: it takes a tenant's money on a page of its own and tells that it has come. */

/** A payment as the provider knows it. */
export interface Payment {
  readonly tenant: bigint;
  readonly topUpId: string;
  /** The provider's own name for it. */
  readonly reference: string;
  /** `ended`: not paid, and cannot be any more. */
  readonly status: 'open' | 'paid' | 'ended';
  readonly cents: bigint;
  /** Lower-case letters: `cny`. */
  readonly currency: string;
}

export interface PaymentRequest {
  readonly tenant: bigint;
  readonly topUpId: string;
  readonly cents: bigint;
}

export interface PaymentProvider {
  readonly name: string;
  /** The most that can be paid at once. */
  readonly mostCents: bigint;
  /** Makes the page on which the payer pays. With the same top-up again it is the same page. */
  open(request: PaymentRequest): Promise<{ reference: string; url: string }>;
  /** How a payment stands; undefined for one that is not ours. */
  look(reference: string): Promise<Payment | undefined>;
  /** Lets an open payment not be paid any more, and tells how it stands then. */
  end(reference: string): Promise<Payment | undefined>;
  /**
   * What a notice tells, after its signature was verified over these very bytes; undefined for what does not concern us.
   * Throws {@link NoticeRefused} for one that the provider has not signed, or too long ago.
   */
  readNotice(body: Buffer, signature: string): Promise<Payment | undefined>;
}

/** A notice that is not the provider's. */
export class NoticeRefused extends Error {
  constructor() {
    super('the notice is not signed by the payment provider, or was long ago');
    this.name = 'NoticeRefused';
  }
}
