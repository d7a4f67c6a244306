/** The scanner as a library: image in, inventory and findings out. */
import './with-temporal.ts';

export * from './advisories/index.ts';
export { assembleInventory } from './assemble-inventory.ts';
export { type BudgetLimits, defaultBudget } from './budget.ts';
export { Clamd, type ClamdAddress, parseClamdAddress } from './clamd/index.ts';
export {
  type IndexCache,
  type IndexedImage,
  indexerVersion,
  indexImage,
  type IndexKey,
  type IndexOptions,
  type IndexProgress,
} from './index-image.ts';
export * from './ignoring/index.ts';
export { MalwareHashError, MalwareRuleError, ownMalwareRuleSources, parseMalwareHashes } from './malware/index.ts';
export * from './matching/index.ts';
export type * from './model.ts';
export { ScanError } from './model.ts';
export {
  createRegistryClient,
  isDigest,
  isRepository,
  isTag,
  parseRegistryAddress,
  type RegistryClient,
  type RegistryClientOptions,
  type ResolvedImage,
} from './registry/index.ts';
export { createSandbox, type Sandbox, sandboxFacts, type SandboxFacts, type SandboxOptions } from './sandbox/index.ts';
export { ruleDigestOf, type RuleSources, secretRulesOf } from './scan-rules.ts';
export { scanImage, type ScanOptions } from './scan.ts';
export { loadSecretRules, readSecretRules, type SecretRules } from './secrets/index.ts';
export {
  openImage,
  type OpenImageOptions,
  isImageConfig,
  openRegistryImage,
  parseImageConfig,
  parseRegistryReference,
  type RegistryImageOptions,
  type RegistryReference,
} from './sources/index.ts';
