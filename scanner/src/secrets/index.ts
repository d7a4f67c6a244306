/** Sensitive data in files and in an image's configuration: an engine for rules in gitleaks' format, and rules of our own. */
export { loadSecretRules, secretRuleDigest, type SecretRules } from './rule-set.ts';
export { readSecretRules } from './read-secret-rules.ts';
export { SecretRuleError } from './secret-rule-error.ts';
export { scanConfigSecrets } from './scan-config.ts';
export { scanSecrets, type SecretScanLosses } from './scan-secrets.ts';
export { wantsSecrets } from './wants-secrets.ts';
