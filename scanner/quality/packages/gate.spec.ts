import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerArchive } from '../../../tests/support/images/index.ts';
import { memoryAdvisories } from '../../src/advisories/index.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { scanImage } from '../../src/scan.ts';
import { openImage } from '../../src/sources/index.ts';
import { f1 } from '../score.ts';
import pinned from './pinned.json' with { type: 'json' };
import { scorePackages } from './score-packages.ts';
import { type KnownPackage, type TruthImage, truthImages } from './truth-images.ts';

let folder: string;
let sandbox: Sandbox;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-quality-'));
  sandbox = createSandbox();
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

describe('the inventory of packages', () => {
  it('does not fall, of any kind', async () => {
    const images = [];
    for (const truth of truthImages()) images.push({ known: truth.packages, found: await findPackages(truth) });
    const { scores, differences } = scorePackages(images);
    expect([...scores.keys()].toSorted()).toEqual(Object.keys(pinned));
    for (const [kind, limits] of Object.entries(pinned)) {
      const score = scores.get(kind) ?? { name: kind, planted: 0, missed: 0, wrong: 0 };
      expect(score.planted, kind).toBe(limits.planted);
      expect(score.missed, differences.join('\n')).toBeLessThanOrEqual(limits.falseNegatives);
      expect(f1(score), differences.join('\n')).toBeGreaterThanOrEqual(limits.f1);
    }
  });

  it('counts what is missed and what is wrong', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ kind: 'npm', name, version: '1.0.0' }) satisfies KnownPackage);
    const known = [a, b].filter((one) => one !== undefined);
    const found = [b, c].filter((one) => one !== undefined);
    const { scores, differences } = scorePackages([{ known, found }]);
    expect(scores.get('npm')).toEqual({ name: 'npm', planted: 2, missed: 1, wrong: 1 });
    expect(differences).toEqual(['missed npm a 1.0.0', 'wrong npm c 1.0.0']);
  });
});

async function findPackages({ name, image }: TruthImage): Promise<KnownPackage[]> {
  const archive = join(folder, `${name.replaceAll(' ', '-')}.tar`);
  writeFileSync(archive, dockerArchive(image));
  const source = await openImage(`docker-archive:${archive}`, { cwd: '/' });
  try {
    const { packages, reasons } = await scanImage(source, {
      advisories: memoryAdvisories([]),
      riskClasses: [],
      sandbox,
    });
    expect(reasons).toEqual([]);
    return packages;
  } finally {
    await source.close();
  }
}
