import packageJson from '../package.json' with { type: 'json' };
import type { AdvisoryLookup } from './advisories/index.ts';
import { assembleInventory } from './assemble-inventory.ts';
import { baseImageOf } from './base-image.ts';
import { indexerVersion, indexImage, type IndexOptions } from './index-image.ts';
import type { Inventory, ImageSource, ScanReport, VulnerabilityFinding } from './model.ts';
import { rulesOfIndex } from './rules-of-index.ts';
import type { RuleSources } from './scan-rules.ts';
import type { SecretRules } from './secrets/index.ts';

export interface ScanOptions extends IndexOptions {
  advisories: AdvisoryLookup;
}

/**
 * Reads an image, puts its layers together and compares its packages with the advisories. Ends complete or incomplete with
 * reasons; throws `ScanError` where there is no result at all.
 */
export async function scanImage(source: ImageSource, options: ScanOptions): Promise<ScanReport> {
  const { advisories, riskClasses, sandbox, rules = {} } = options;
  const sources = sandbox ?? rules;
  const index = await indexImage(source, options);
  // Sensitive data in the configuration is a misconfiguration too.
  const searched = riskClasses.includes('secrets') || riskClasses.includes('misconfiguration');
  const { operatingSystem, packages, secrets, malware, misconfigurations, incomplete } = assembleInventory(
    source.config,
    index.layers,
    searched ? await secretRulesOf(sources) : undefined,
  );
  const system = operatingSystem === undefined ? {} : { operatingSystem };
  const base = baseImageOf(source.config);
  const reasons = [...index.reasons, ...incomplete];
  return {
    schemaVersion: 1,
    scanner: { version: packageJson.version, indexer: indexerVersion, rules: await rulesOfIndex(sources, riskClasses) },
    scanners: ['packages', ...riskClasses],
    target: source.target,
    source: source.kind,
    verified: source.verified,
    image: {
      id: source.imageId,
      digest: source.digest,
      architecture: source.config.architecture,
      os: source.config.os,
      created: source.config.created,
      layers: source.config.diffIds,
      ...(base === undefined ? {} : { base }),
    },
    ...system,
    status: reasons.length === 0 ? 'complete' : 'incomplete',
    reasons,
    packages,
    vulnerabilities: riskClasses.includes('vulnerabilities') ? await match({ packages, ...system }, advisories) : [],
    secrets: riskClasses.includes('secrets') ? secrets : [],
    malware,
    misconfigurations: riskClasses.includes('misconfiguration') ? misconfigurations : [],
    ignored: [],
    advisories: await advisories.summary(),
  };
}

/** What only some scans need is loaded by those: reading a small image takes no longer than loading all of it. */
async function secretRulesOf(sources: RuleSources): Promise<SecretRules> {
  return (await import('./scan-rules.ts')).secretRulesOf(sources);
}

async function match(
  inventory: Pick<Inventory, 'packages' | 'operatingSystem'>,
  advisories: AdvisoryLookup,
): Promise<VulnerabilityFinding[]> {
  return (await import('./matching/index.ts')).matchInventory(inventory, advisories);
}
