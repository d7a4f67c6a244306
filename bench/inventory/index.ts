import { memoryAdvisories, openImage, scanImage } from '../../scanner/src/index.ts';
import type { Benchmark } from '../main.ts';
import { buildImages, imageNames } from '../scan/build-images.ts';
import { askPackageManagers } from './package-managers.ts';

interface Row {
  image: string;
  kind: string;
  listed: number;
  missed: string[];
  wrong: string[];
}

const shown = 5;

export const inventoryBenchmark: Benchmark = {
  summary: 'the packages of each image, held against the lists of dpkg, npm and pip themselves',
  parts: imageNames,
  async run(log, parts) {
    const rows: Row[] = [];
    for (const { name, plain } of await buildImages(parts, log)) {
      log(`asking the package managers of ${name}`);
      const lists = await askPackageManagers(plain);
      const found = await findPackages(plain);
      for (const [kind, listed] of lists) {
        const ours = found.get(kind) ?? new Set();
        const [missed, wrong] = [[...listed.difference(ours)], [...ours.difference(listed)]];
        rows.push({ image: name, kind, listed: listed.size, missed, wrong });
      }
    }
    return { result: rows, lines: tell(rows) };
  },
};

/** By kind, as `name version`. What a package of the distribution brought is in dpkg's list as that package. */
async function findPackages(archive: string): Promise<Map<string, Set<string>>> {
  const source = await openImage(`docker-archive:${archive}`, { cwd: '/' });
  try {
    const report = await scanImage(source, { advisories: memoryAdvisories([]), riskClasses: [] });
    const [lost] = report.reasons;
    if (lost !== undefined) throw new Error(`the scan is incomplete: ${lost.message}`);
    const found = new Map<string, Set<string>>();
    for (const { kind, name, version, owner } of report.packages) {
      if (kind !== 'deb' && owner !== undefined) continue;
      found.set(kind, (found.get(kind) ?? new Set()).add(`${name} ${version}`));
    }
    return found;
  } finally {
    await source.close();
  }
}

function tell(rows: readonly Row[]): string[] {
  return [
    'image   kind   listed  precision  recall',
    ...rows.flatMap(({ image, kind, listed, missed, wrong }) => {
      const right = listed - missed.length;
      const share = (of: number) => (of === 0 ? '-' : (right / of).toFixed(4)).padStart(9);
      return [
        `${image.padEnd(8)}${kind.padEnd(6)}${String(listed).padStart(7)}${share(right + wrong.length)}${share(listed)}`,
        ...missed.slice(0, shown).map((one) => `  missed: ${one}`),
        ...wrong.slice(0, shown).map((one) => `  not listed: ${one}`),
      ];
    }),
  ];
}
