/** Manifests and indexes of images, in Docker's and OCI's formats. */
import { z } from 'zod';
import { DocumentUnreadable, parseDocument } from '../json-document.ts';
import { otherSpelling } from '../other-spelling.ts';
import { parseShape } from '../parse-shape.ts';
import { registryFailure, quoted } from './registry-failure.ts';

export const manifestTypes = {
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
} as const;

/** What a client that understands all of them asks for. */
export const acceptManifests = Object.values(manifestTypes).join(', ');

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

export interface ImageManifest {
  mediaType: string;
  config: Descriptor;
  /** Bottom up. */
  layers: Descriptor[];
}

export interface ImageIndex {
  mediaType: string;
  manifests: (Descriptor & { platform: Platform | undefined })[];
}

export interface Platform {
  os: string;
  architecture: string;
  variant: string;
}

const descriptor = z.object({
  mediaType: z.string().max(255).default(''),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is not a SHA-256 digest'),
  size: z.int().min(0),
});
const manifestShape = z.object({ config: descriptor, layers: z.array(descriptor).max(1000) });
const indexShape = z.object({
  manifests: z
    .array(
      descriptor.extend({
        platform: z
          .object({
            os: z.string().max(64).default(''),
            architecture: z.string().max(64).default(''),
            variant: z.string().max(64).default(''),
          })
          .nullish(),
      }),
    )
    .max(10_000),
});
const documentNames = ['schemaVersion', 'mediaType', 'config', 'layers', 'manifests'];
const descriptorNames = ['mediaType', 'digest', 'size', 'platform'];
const outerShape = z.object({
  schemaVersion: z.int(),
  mediaType: z.string().max(255).optional(),
  config: z.unknown().optional(),
  layers: z.unknown().optional(),
  manifests: z.unknown().optional(),
});

/**
 * Reads a manifest or an index. `contentType` is what the registry says that it is. Throws `registry-error` for Docker's
 * old format (schema 1), and for what is neither.
 */
export function parseManifest(bytes: Uint8Array, contentType: string, name: string): ImageManifest | ImageIndex {
  let json: unknown;
  try {
    json = parseDocument(bytes);
  } catch (error) {
    throw unreadable(error instanceof DocumentUnreadable ? error.message : String(error));
  }
  const { data: outer } = parseShape(outerShape, json);
  if (!outer) throw unreadable('it has no schemaVersion');
  if (outer.schemaVersion === 1) {
    throw registryFailure(
      'registry-error',
      `${name} is in Docker's old image format (schema 1), which carries no digests of its configuration; push it again with a current tool`,
    );
  }
  const mediaType = outer.mediaType ?? contentType.split(';')[0]?.trim() ?? '';
  const isIndex = mediaType === manifestTypes.dockerIndex || mediaType === manifestTypes.ociIndex;
  const isManifest = mediaType === manifestTypes.dockerManifest || mediaType === manifestTypes.ociManifest;
  if (!isIndex && !isManifest) throw unreadable(`its type is "${quoted(mediaType, 100)}"`);
  const trap = otherReading(json, outer);
  if (trap !== undefined) throw unreadable(trap);
  const parsed = isIndex ? parseShape(indexShape, json) : parseShape(manifestShape, json);
  if (parsed.data === undefined) throw unreadable(parsed.problem);
  if ('layers' in parsed.data) return { mediaType, ...parsed.data };
  return {
    mediaType,
    manifests: parsed.data.manifests.map((entry) => ({ ...entry, platform: entry.platform ?? undefined })),
  };

  function unreadable(why: string) {
    return registryFailure('registry-error', `the manifest of ${name} cannot be read: ${why}`);
  }
}

/** Why container runtimes may read another image out of it than we do: other spellings, or two kinds at once (CVE-2021-41190). */
function otherReading(json: unknown, { config, layers, manifests }: z.infer<typeof outerShape>): string | undefined {
  if (manifests !== undefined && (config !== undefined || layers !== undefined)) {
    return 'it is a manifest and an index at once';
  }
  const descriptors: unknown[] = [config, ...[layers, manifests].flatMap((list) => (Array.isArray(list) ? list : []))];
  const other =
    otherSpelling(json, documentNames) ?? descriptors.map((one) => otherSpelling(one, descriptorNames)).find(Boolean);
  return other === undefined ? undefined : `it has "${quoted(other, 100)}", which some take for another name`;
}

/** `os/architecture`, with `/variant` where there is one. */
export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== '').join('/');
}
