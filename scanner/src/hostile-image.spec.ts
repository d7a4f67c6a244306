/** Attacks by what files hold, through the door that every scan uses: with children that are bounded, in one layer together. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  alpineRoot,
  buildImage,
  type BuiltImage,
  dockerArchive,
  fakeGitHubToken,
  type TarEntry,
} from '../../tests/support/images/index.ts';
import { memoryAdvisories } from './advisories/index.ts';
import type { RiskClass, ScanReport } from './model.ts';
import { elfProgram, inlineBuildInfo } from './packages/go-binary/fixtures/program-file.ts';
import { buildZip } from './packages/java/fixtures/build-zip.ts';
import { buildSqlite } from './packages/rpm/fixtures/build-databases.ts';
import { scanImage, type ScanOptions } from './scan.ts';
import { openImage } from './sources/index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function scan(
  image: BuiltImage,
  riskClasses: RiskClass[],
  options: Partial<ScanOptions> = {},
): Promise<ScanReport> {
  const path = join(folder, 'image.tar');
  writeFileSync(path, dockerArchive(image));
  const source = await openImage(path);
  try {
    return await scanImage(source, { advisories: memoryAdvisories([]), riskClasses, ...options });
  } finally {
    await source.close();
  }
}

const megabyte = 1024 * 1024;
const deflated = buildZip([{ name: 'b.jar', content: Buffer.alloc(200 * megabyte), sizeBytes: 1 }]);
/** Each would take all memory of a child, or its time, if it could. */
const hostile: readonly [reason: string, TarEntry][] = [
  ['package-unreadable', { path: 'a/package-lock.json', content: '['.repeat(60 * megabyte) }],
  ['package-unreadable', { path: 'b/packages.lock.json', content: `[${'{},'.repeat(10 * megabyte)}0]` }],
  ['package-unreadable', { path: 'c/Cargo.lock', content: '[[package]]\n'.repeat(megabyte) }],
  ['package-unreadable', { path: 'd/yarn.lock', content: '\n'.repeat(10 * megabyte).concat('a@1:\n') }],
  ['package-unreadable', { path: 'e/x.jar', content: deflated }],
  ['package-unreadable', { path: 'f/y.jar', content: deflated.subarray(0, -30) }],
  ['file-too-large', { path: 'g/node_modules/a/package.json', content: ' '.repeat(3 * megabyte) }],
  [
    'package-unreadable',
    {
      path: 'h/tool',
      mode: 0o755,
      content: elfProgram(inlineBuildInfo('go1.21', 'x'.repeat(5 * megabyte)), { bits: 64, littleEndian: true }),
    },
  ],
  ['package-unreadable', { path: 'var/lib/rpm/rpmdb.sqlite', content: buildSqlite([]).subarray(0, 5000) }],
];

describe('an image with files that mean harm', () => {
  it('is read as far as they let it be read, and each is told', async () => {
    const image = buildImage({
      layers: [
        {
          compression: 'none',
          entries: [
            ...hostile.map(([, entry]) => entry),
            ...alpineRoot('3.10.0', [{ name: 'musl', version: '1.1.22-r2' }]),
          ],
        },
      ],
    });
    const report = await scan(image, ['vulnerabilities']);
    expect(report.status).toBe('incomplete');
    expect(report.reasons.map(({ code, path }) => [code, path])).toEqual(
      hostile.map(([code, { path }]) => [code, path]),
    );
    expect(report.packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['musl 1.1.22-r2']);
  });

  it('and a rule of the user that never ends on one of them is read all the same', async () => {
    const slow =
      '[[rules]]\nid = "slow"\nregex = "begin(?:a|aa)+!"\nkeywords = ["begin"]\n[extend]\nuseDefault = true\n';
    const image = buildImage({
      layers: [
        {
          entries: [
            { path: 'app/a.txt', content: `begin${'a'.repeat(4000)}` },
            { path: 'app/b.txt', content: fakeGitHubToken() },
          ],
        },
      ],
    });
    const report = await scan(image, ['secrets'], { rules: { secretRules: [slow] } });
    expect(report.reasons).toMatchObject([{ code: 'budget-time', path: 'app/a.txt' }]);
    expect(report.secrets).toMatchObject([{ path: 'app/b.txt', rule: 'github-token' }]);
  });
});
