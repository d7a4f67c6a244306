/** A set of secret rules that cannot be used; the message names the source (from 0), the rule and what is wrong. */
export class SecretRuleError extends Error {
  readonly code = 'secret-rules-invalid';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SecretRuleError';
  }
}
