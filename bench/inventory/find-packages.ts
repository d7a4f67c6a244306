import { assembleInventory, indexImage, openImage, type Package } from '../../scanner/src/index.ts';

export interface FoundPackages {
  /** What a report lists. What is told as a package of the distribution, or belongs to one, is not a second time here. */
  reported: Package[];
  /** All that was read, and from which file. */
  read: (Package & { path: string })[];
}

/** The packages that we find in an archive. */
export async function findPackages(archive: string): Promise<FoundPackages> {
  const source = await openImage(`docker-archive:${archive}`, { cwd: '/' });
  try {
    const { layers, reasons } = await indexImage(source, { riskClasses: [] });
    const { packages, incomplete } = assembleInventory(source.config, layers);
    const [lost] = [...reasons, ...incomplete];
    if (lost !== undefined) throw new Error(`the scan is incomplete: ${lost.message}`);
    return {
      reported: packages.filter(({ owner }) => owner === undefined),
      read: layers.flatMap(({ files }) =>
        files.flatMap(({ path, packages: told = [] }) => told.map((one) => ({ ...one, path }))),
      ),
    };
  } finally {
    await source.close();
  }
}
