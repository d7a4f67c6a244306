import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { memoryAdvisories } from '../../src/advisories/index.ts';
import { scanImage } from '../../src/scan.ts';
import { openImage } from '../../src/sources/index.ts';
import { tarEnd, tarHeader, tarPadding } from '../../src/sources/tar-writer.ts';
import type { Found } from './scores.ts';
import type { TruthSet } from './truth-set.ts';

/** What a scan of the truth set as an image finds: files, deleted files, history and environment. */
export async function findInImage(archive: string): Promise<Found[]> {
  const source = await openImage(`docker-archive:${archive}`, { cwd: '/' });
  try {
    const report = await scanImage(source, { advisories: memoryAdvisories([]), riskClasses: ['secrets'] });
    // Lock files among the decoys tell no packages.
    const lost = report.reasons.find(({ code }) => code !== 'package-unreadable');
    if (lost !== undefined) throw new Error(`the scan is incomplete: ${lost.message}`);
    return report.secrets.map(({ path, line, rule }) => ({ path, line, rule }));
  } finally {
    await source.close();
  }
}

/** Writes the truth set as `docker save` would: a layer with all files, and one that deletes some of them. */
export async function writeImage(set: TruthSet, path: string): Promise<void> {
  const all = tar(set.files.map((file) => [file.path, file.content]));
  const gone = tar(set.files.filter(({ deleted }) => deleted).map((file) => [whiteout(file.path), Buffer.alloc(0)]));
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Env: set.config.env },
    rootfs: { type: 'layers', diff_ids: [all, gone].map((layer) => `sha256:${sha256(layer)}`) },
    history: set.config.history.map(({ createdBy }) => ({ created_by: createdBy, empty_layer: true })),
  });
  const manifest = [{ Config: 'config.json', RepoTags: ['truth:latest'], Layers: ['all/layer.tar', 'gone/layer.tar'] }];
  await writeFile(
    path,
    tar([
      ['config.json', Buffer.from(config)],
      ['all/layer.tar', all],
      ['gone/layer.tar', gone],
      ['manifest.json', Buffer.from(JSON.stringify(manifest))],
    ]),
  );
}

function whiteout(path: string): string {
  const name = path.lastIndexOf('/') + 1;
  return `${path.slice(0, name)}.wh.${path.slice(name)}`;
}

function tar(files: readonly (readonly [path: string, content: Buffer])[]): Buffer {
  const parts = files.flatMap(([path, content]) => [
    tarHeader({ path: Buffer.from(path), type: 'file', sizeBytes: content.length, mode: 0o644 }),
    content,
    tarPadding(content.length),
  ]);
  return Buffer.concat([...parts, tarEnd]);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
