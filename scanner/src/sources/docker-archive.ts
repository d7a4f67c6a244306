/** What `docker save` writes, of all versions from 1.10 on: `manifest.json` names configuration and layers of each image. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseDocument } from '../json-document.ts';
import { otherSpelling } from '../other-spelling.ts';
import { parseImageConfig } from './image-config.ts';
import { dockerManifest, type ImageFiles, noSuchImage, type StoredImage, unreadable } from './image-files.ts';

const manifest = z
  .array(
    z.looseObject({
      Config: z.string(),
      RepoTags: z.array(z.string()).nullish(),
      Layers: z.array(z.string()).max(1000).nullish(),
    }),
  )
  .max(10_000);
type ManifestEntry = z.infer<typeof manifest>[number];

/** The first image, or the one that is named: `team/app:1.2`, or only `:1.2`. Throws `ScanError`. */
export function readDockerImage(files: ImageFiles, image?: string): StoredImage {
  const entry = choose(readManifest(files), image, files.path);
  const configBytes = files.document(entry.Config);
  const config = parseImageConfig(configBytes);
  const names = entry.Layers ?? [];
  if (names.length !== config.diffIds.length) {
    throw unreadable(files.path, `has ${names.length} layers, but its configuration names ${config.diffIds.length}`);
  }
  return {
    kind: 'docker-archive',
    imageId: `sha256:${createHash('sha256').update(configBytes).digest('hex')}`,
    digest: '',
    config,
    layers: names.map((name, index) => files.layer(name, config.diffIds[index] ?? '')),
  };
}

function readManifest(files: ImageFiles): ManifestEntry[] {
  const entries = parseEntries(files.document(dockerManifest));
  if (entries === undefined) throw unreadable(files.path, 'has a manifest.json that cannot be read');
  const other = entries.map((entry) => otherSpelling(entry, ['Config', 'RepoTags', 'Layers'])).find(Boolean);
  if (other === undefined) return entries;
  throw unreadable(files.path, `has a manifest.json with ${other.slice(0, 100)}, which some take for another name`);
}

function parseEntries(bytes: Buffer): ManifestEntry[] | undefined {
  try {
    return manifest.parse(parseDocument(bytes));
  } catch {
    return undefined;
  }
}

function choose(entries: ManifestEntry[], image: string | undefined, path: string): ManifestEntry {
  const chosen =
    image === undefined
      ? entries[0]
      : entries.find(({ RepoTags }) =>
          (RepoTags ?? []).some((tag) => tag === image || (image.startsWith(':') && tag.endsWith(image))),
        );
  if (chosen !== undefined) return chosen;
  if (image === undefined) throw unreadable(path, 'holds no image');
  throw noSuchImage(
    path,
    image,
    entries.flatMap(({ RepoTags }) => RepoTags ?? []),
  );
}
