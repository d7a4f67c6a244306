/** Reads the tags of one repository: what each names, asking only about those that may have changed. */
import { isImageConfig, isTag, parseImageConfig, ScanError, type RegistryClient } from '@wharfinger/scanner';
import type { FoundImage, KnownImage } from './image-store.ts';
import type { SyncMode } from './registry.ts';

export interface ReadRepository {
  /** New, or naming something else than is known. */
  found: FoundImage[];
  /** All tags that stay in the catalogue, those among them that could not be read now. */
  present: string[];
  /** Tags of charts, signatures and the like. */
  notImages: number;
  problems: string[];
}

export interface ReadTagsOptions {
  mode: SyncMode;
  known: readonly KnownImage[];
  mostTags: number;
}

/** Requests at the same time to one registry. */
const concurrency = 4;

/**
 * What is wrong with single tags is a problem of theirs; a registry that does not answer, or the end of the work, is
 * thrown.
 */
export async function readTags(
  client: RegistryClient,
  repository: string,
  { mode, known, mostTags }: ReadTagsOptions,
): Promise<ReadRepository> {
  const result: ReadRepository = { found: [], present: [], notImages: 0, problems: [] };
  const tags = await listTags(client, repository, mostTags, result);
  const knownByTag = new Map(known.map((image) => [image.tag, image]));
  await inParallel(tags, async (tag) => {
    const before = knownByTag.get(tag);
    try {
      const unchanged =
        before && mode === 'incremental' && (await client.digestOf(repository, tag)) === before.referenceDigest;
      const image = unchanged ? undefined : await readTag(client, repository, tag);
      if (image === 'not an image') {
        result.notImages++;
        return;
      }
      result.present.push(tag);
      if (image && (image.imageId !== before?.imageId || image.referenceDigest !== before.referenceDigest)) {
        result.found.push(image);
      }
    } catch (error) {
      if (!(error instanceof ScanError) || isOfWholeRegistry(error)) throw error;
      // A tag that vanished since it was listed is gone; one that cannot be read now keeps what is known of it.
      if (error.reason.code === 'registry-not-found') return;
      if (before) result.present.push(tag);
      result.problems.push(`${repository}:${tag}: ${error.message}`);
    }
  });
  // Whatever came back first: the same registry read twice gives the same.
  result.found.sort((one, other) => (one.tag < other.tag ? -1 : 1));
  result.problems.sort();
  return result;
}

/** Whether a failure says something of the registry and not of one image. */
export function isOfWholeRegistry({ reason: { code } }: ScanError): boolean {
  return code === 'registry-unreachable' || code === 'cancelled';
}

async function listTags(client: RegistryClient, repository: string, most: number, { problems }: ReadRepository) {
  const tags: string[] = [];
  try {
    for await (const tag of client.tags(repository)) {
      if (!isTag(tag)) problems.push(`${repository} lists a tag that cannot be one`);
      else if (tags.length < most) tags.push(tag);
      else {
        problems.push(`${repository} has more than ${most} tags; the rest is left out`);
        break;
      }
    }
  } catch (error) {
    // A repository whose last tag was deleted stays in the catalogue of many registries.
    if (!(error instanceof ScanError) || error.reason.code !== 'registry-not-found') throw error;
  }
  return tags;
}

async function readTag(client: RegistryClient, repository: string, tag: string): Promise<FoundImage | 'not an image'> {
  const image = await client.resolve(repository, tag);
  if (!isImageConfig(image.config.mediaType)) return 'not an image';
  const config = parseImageConfig(await client.config(repository, image.config));
  const platform = image.platform || `${config.os}/${config.architecture}`;
  const bytes = image.layers.reduce((sum, layer) => sum + BigInt(layer.size), BigInt(image.config.size));
  return {
    tag,
    referenceDigest: image.referenceDigest,
    digest: image.digest,
    imageId: image.config.digest,
    platform: platform.replace(/[^\x20-\x7e]/g, '').slice(0, 200),
    // JSON has no larger whole numbers; no image has so many bytes, but a manifest may say so.
    sizeBytes: bytes > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(Number.MAX_SAFE_INTEGER) : bytes,
    createdAt: readCreated(config.created),
  };
}

/** Null for what is no time, or none that an image can have. */
function readCreated(text: string): Temporal.Instant | null {
  if (!/^(19|20|21)\d\d-/.test(text)) return null;
  try {
    return Temporal.Instant.from(text).round('microsecond');
  } catch {
    return null;
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  });
  try {
    await Promise.all(workers);
  } finally {
    // After a failure the others stop at their next item, and none goes on unseen.
    next = items.length;
    await Promise.allSettled(workers);
  }
}
