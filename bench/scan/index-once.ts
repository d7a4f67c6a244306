import type { Reason, RiskClass } from '../../scanner/src/model.ts';
import { openFileIndexCache } from '../../scanner/src/cli/file-index-cache.ts';
import { assembleInventory, indexImage, openImage } from '../../scanner/src/index.ts';

export interface IndexedOnce {
  packages: number;
  /** Why it was not read to its end; then its figures count for nothing. */
  reasons: Reason[];
}

/** Opens, indexes and puts together an image. */
export async function indexOnce(
  archive: string,
  classes: readonly string[],
  cacheFolder: string | undefined,
): Promise<IndexedOnce> {
  const riskClasses = classes.map(toRiskClass);
  const source = await openImage(archive);
  try {
    const cache = cacheFolder === undefined ? {} : { cache: await openFileIndexCache(cacheFolder) };
    const { layers, reasons } = await indexImage(source, { riskClasses, ...cache });
    const { packages, incomplete } = assembleInventory(source.config, layers);
    return { packages: packages.length, reasons: [...reasons, ...incomplete] };
  } finally {
    await source.close();
  }
}

function toRiskClass(word: string): RiskClass {
  if (word === 'vulnerabilities' || word === 'secrets' || word === 'malware') return word;
  throw new Error(`there is no class of risk "${word}"`);
}
