import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { buildImages } from '../images/build-images.ts';
import type { JavaCoordinates } from '../images/java.ts';
import { run } from '../images/layer.ts';
import { allImages } from '../images/recipes.ts';
import type { Benchmark } from '../main.ts';
import { findPackages, type FoundPackages } from './find-packages.ts';
import { listJars } from './jars.ts';
import { askPackageManagers, type Oracle } from './package-managers.ts';

interface Row {
  image: string;
  kind: string;
  listed: number;
  missed: string[];
  wrong: string[];
  /** Of jars: those found with another group than theirs, and with which. */
  otherGroup?: string[];
}

const shown = 10;
const manifest = z.tuple([z.looseObject({ Layers: z.array(z.string()) })]);

export const inventoryBenchmark: Benchmark = {
  summary: 'the packages of each image, held against the lists of their own package managers',
  parts: allImages,
  async run(log, parts) {
    const rows: Row[] = [];
    for (const { name, plain, notes } of await buildImages(parts, log)) {
      log(`asking the package managers of ${name}`);
      const root = await mkdtemp(join(tmpdir(), 'wharfinger-bench-root-'));
      try {
        await unpack(plain, root);
        const found = await findPackages(plain);
        for (const oracle of await askPackageManagers(root)) rows.push({ image: name, ...compare(oracle, found) });
        const jars = await listJars(root, notes);
        if (jars !== undefined) rows.push({ image: name, ...compareJars(jars, found) });
      } finally {
        await rm(root, { recursive: true, force: true });
      }
    }
    return { result: rows, lines: tell(rows) };
  },
};

async function unpack(archive: string, root: string): Promise<void> {
  const [{ Layers: layers }] = manifest.parse(JSON.parse(await run('tar', ['-xOf', archive, 'manifest.json'])));
  for (const layer of layers) {
    await run('sh', ['-c', 'tar -xOf "$0" "$1" | tar -x --no-same-owner -C "$2"', archive, layer, root]);
  }
}

function compare({ kind, listed, below }: Oracle, { reported, read }: FoundPackages): Omit<Row, 'image'> {
  const asked = below === undefined ? reported : read.filter(({ path }) => path.startsWith(`${below}/`));
  const ours = new Set(asked.filter((one) => one.kind === kind).map(({ name, version }) => `${name} ${version}`));
  const [missed, wrong] = [[...listed.difference(ours)], [...ours.difference(listed)]];
  return { kind: below === undefined ? kind : `${kind} of deb`, listed: listed.size, missed, wrong };
}

/** By name and version; the group is counted apart, since most jars do not tell it. */
function compareJars(jars: readonly JavaCoordinates[], { reported }: FoundPackages): Omit<Row, 'image'> {
  const groups = new Map<string, Set<string>>();
  for (const { group, artifact, version } of jars) {
    const key = `${artifact} ${version}`;
    groups.set(key, (groups.get(key) ?? new Set()).add(group));
  }
  const ours = new Map<string, Set<string>>();
  for (const { kind, name, version } of reported) {
    if (kind !== 'maven') continue;
    const [group, artifact] = name.includes(':') ? name.split(':') : ['', name];
    const key = `${artifact} ${version}`;
    ours.set(key, (ours.get(key) ?? new Set()).add(group ?? ''));
  }
  const listed = new Set(groups.keys());
  const found = new Set(ours.keys());
  return {
    kind: 'maven',
    listed: listed.size,
    missed: [...listed.difference(found)],
    wrong: [...found.difference(listed)],
    otherGroup: [...listed.intersection(found)].flatMap((key) => {
      const [right, told] = [groups.get(key) ?? new Set(), ours.get(key) ?? new Set()];
      return told.isSubsetOf(right) ? [] : [`${key}: ${[...told].join(', ')} instead of ${[...right].join(', ')}`];
    }),
  };
}

function tell(rows: readonly Row[]): string[] {
  const width = Math.max(5, ...rows.map(({ image }) => image.length)) + 1;
  return [
    `${'image'.padEnd(width)}${'kind'.padEnd(12)} listed precision   recall    group`,
    ...rows.flatMap(({ image, kind, listed, missed, wrong, otherGroup }) => {
      const right = listed - missed.length;
      const share = (part: number, of: number) => (of === 0 ? '-' : (part / of).toFixed(4)).padStart(9);
      const shares = share(right, right + wrong.length) + share(right, listed);
      const group = otherGroup === undefined ? '' : share(right - otherGroup.length, right);
      return [
        `${image.padEnd(width)}${kind.padEnd(12)}${String(listed).padStart(7)}${shares}${group}`,
        ...missed.slice(0, shown).map((one) => `  missed: ${one}`),
        ...wrong.slice(0, shown).map((one) => `  not listed: ${one}`),
        ...(otherGroup ?? []).slice(0, shown).map((one) => `  ${one}`),
      ];
    }),
  ];
}
