/** A client of the OCI distribution API: all that is needed to list a registry and to read its images. */
import { createHash } from 'node:crypto';
import { Agent, type Dispatcher } from 'undici';
import { z } from 'zod';
import { parseDocument } from '../json-document.ts';
import { parseShape } from '../parse-shape.ts';
import { verifiedBlob } from './blob-stream.ts';
import { choosePlatform, imagesOf } from './choose-platform.ts';
import { discard, type Answer } from './exchange.ts';
import { listPages, type Page } from './list-pages.ts';
import { acceptManifests, parseManifest, platformText, type Descriptor, type ImageManifest } from './manifest.ts';
import { isDigest, isRepository, isTag } from './names.ts';
import { readAnswer } from './read-answer.ts';
import { parseRegistryAddress } from './registry-address.ts';
import { quoted, registryFailure } from './registry-failure.ts';
import { createTransport } from './transport.ts';

export interface RegistryClientOptions {
  /** With or without a scheme (then TLS), with an optional path before `/v2/`. */
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  /** The certificate is not verified. Has no effect on a `dispatcher` that is given. */
  insecure?: boolean;
  /** Plain HTTP although the url has no scheme. */
  plainHttp?: boolean;
  /** Makes the connections; the client closes it in the end. */
  dispatcher?: Dispatcher;
  /** Ends everything that the client does. */
  signal?: AbortSignal;
  /** How often a request is tried again after 429, 5xx or a broken connection. */
  retries?: number;
  backoffMs?: number;
  /** A connection that is silent for so long is given up. */
  idleTimeoutMs?: number;
}

/** All errors are {@link ScanError}s with a reason. */
export interface RegistryClient {
  readonly host: string;
  /** Whether the registry answers and takes the credentials, if it asks for any. */
  ping(): Promise<void>;
  /** The catalogue. Names are as the registry sends them: one that is no repository fails when it is used. */
  repositories(): AsyncGenerator<string, void, undefined>;
  tags(repository: string): AsyncGenerator<string, void, undefined>;
  /** The digest that a tag has now, where the registry tells it without sending the manifest. */
  digestOf(repository: string, reference: string): Promise<string | undefined>;
  /**
   * The image that a tag or digest names. Of several platforms the wanted one, else linux/amd64, else one that is there;
   * a `platform` that is asked for and absent is `registry-not-found`.
   */
  resolve(repository: string, reference: string, platform?: string, signal?: AbortSignal): Promise<ResolvedImage>;
  /** A blob whose digest is checked to its end; the stream fails with `digest-mismatch` or `layer-truncated`. */
  blob(repository: string, digest: string, options?: BlobOptions): Promise<AsyncIterable<Uint8Array>>;
  /** The bytes of a configuration, checked. */
  config(repository: string, config: Descriptor, signal?: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface BlobOptions {
  sizeBytes?: number;
  signal?: AbortSignal;
}

export interface ResolvedImage {
  /** Of the manifest of the one platform. */
  digest: string;
  /** What the reference itself stands for: the index where there is one, else the same as `digest`. */
  referenceDigest: string;
  mediaType: string;
  manifest: ImageManifest;
  config: Descriptor;
  layers: Descriptor[];
  /** Of the image that was chosen; empty when no index tells it. */
  platform: string;
  /** All that an index offers; empty without one. */
  platforms: string[];
}

export const registryLimits = {
  manifestBytes: 4 * 1024 * 1024,
  configBytes: 8 * 1024 * 1024,
  listPageBytes: 16 * 1024 * 1024,
  repositories: 100_000,
  tags: 100_000,
} as const;

/** Some registries refuse to be asked for more. */
const pageSize = 100;
/** An index may name an index. */
const deepestIndex = 3;
/** For answers that are read whole. */
const wholeAnswerTimeoutMs = 120_000;
const connectTimeoutMs = 10_000;

/** On one page: some registries have only one. */
const mostNames = 500_000;

const catalogue = z.object({ repositories: z.array(z.string()).max(mostNames).nullish() });
const tagList = z.object({ tags: z.array(z.string()).max(mostNames).nullish() });

/** Opens a registry; nothing is sent before the first call. Throws `target-not-found` for a url that is none. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { username = '', password = '' } = options;
  const hasScheme = options.url.includes('://');
  const { base, host } = parseRegistryAddress(options.plainHttp && !hasScheme ? `http://${options.url}` : options.url);
  const dispatcher =
    options.dispatcher ??
    new Agent({ allowH2: false, connect: { timeout: connectTimeoutMs, rejectUnauthorized: !options.insecure } });
  const send = createTransport({
    base,
    credentials: username !== '' || password !== '' ? { username, password } : undefined,
    dispatcher,
    retries: options.retries ?? 4,
    backoffMs: options.backoffMs ?? 500,
    idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
  });
  const signalOf = (own: AbortSignal | undefined) => {
    const signals = [options.signal, own].filter((signal) => signal !== undefined);
    return signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  };
  const pull = (repository: string) => `repository:${repository}:pull`;

  function read(
    request: { path: string; scope: string; accept?: string; most: number },
    own?: AbortSignal,
  ): Promise<{ bytes: Uint8Array; answer: Answer }> {
    const signal = signalOf(own);
    return send({
      ...request,
      signal,
      async read(answer) {
        const tooSlow = new Error('it does not come to the end of an answer');
        const timer = setTimeout(() => answer.body.destroy(tooSlow), wholeAnswerTimeoutMs);
        try {
          return { answer, bytes: await readAnswer(answer, request.most, signal) };
        } finally {
          clearTimeout(timer);
        }
      },
    });
  }

  async function readPage<T>(path: string, scope: string, shape: z.ZodType<T>, names: (page: T) => readonly string[]) {
    const { bytes, answer } = await read({
      path,
      scope,
      accept: 'application/json',
      most: registryLimits.listPageBytes,
    });
    const { data } = parseShape(shape, tryJson(bytes));
    if (data === undefined) throw registryFailure('registry-error', `${host} answers with something that is no list`);
    return { names: names(data), link: answer.header('link') } satisfies Page;
  }

  async function manifest(repository: string, reference: string, signal: AbortSignal | undefined) {
    const name = `${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
    const { bytes, answer } = await read(
      {
        path: `/v2/${repository}/manifests/${reference}`,
        scope: pull(repository),
        accept: acceptManifests,
        most: registryLimits.manifestBytes,
      },
      signal,
    );
    const parsed = parseManifest(bytes, answer.header('content-type') ?? '', name);
    const digest = sha256(bytes);
    const claimed = isDigest(reference) ? reference : answer.header('docker-content-digest');
    if (claimed !== undefined && claimed.startsWith('sha256:') && claimed !== digest) {
      throw registryFailure(
        'digest-mismatch',
        `the manifest of ${name} was sent as ${quoted(claimed)} and is ${digest}`,
      );
    }
    return { parsed, digest };
  }

  const client: RegistryClient = {
    host,
    async ping() {
      await send({ path: '/v2/', scope: '', signal: signalOf(undefined), read: async (answer) => discard(answer) });
    },
    repositories() {
      return listPages(
        (query) =>
          readPage(`/v2/_catalog${query}`, 'registry:catalog:*', catalogue, ({ repositories }) => repositories ?? []),
        { pageSize, mostNames: registryLimits.repositories },
      );
    },
    tags(repository) {
      checkRepository(repository);
      return listPages(
        (query) => readPage(`/v2/${repository}/tags/list${query}`, pull(repository), tagList, ({ tags }) => tags ?? []),
        { pageSize, mostNames: registryLimits.tags },
      );
    },
    async digestOf(repository, reference) {
      checkRepository(repository);
      checkReference(reference);
      return send({
        method: 'HEAD',
        path: `/v2/${repository}/manifests/${reference}`,
        scope: pull(repository),
        accept: acceptManifests,
        signal: signalOf(undefined),
        async read(answer) {
          discard(answer);
          const digest = answer.header('docker-content-digest') ?? '';
          return isDigest(digest) ? digest : undefined;
        },
      });
    },
    async resolve(repository, reference, platform, signal) {
      checkRepository(repository);
      checkReference(reference);
      let { parsed, digest } = await manifest(repository, reference, signal);
      const referenceDigest = digest;
      const platforms: string[] = [];
      let chosen = '';
      for (let depth = 0; 'manifests' in parsed; depth++) {
        if (depth === deepestIndex)
          throw registryFailure('registry-error', `${repository}:${reference} nests indexes too deeply`);
        for (const entry of imagesOf(parsed)) if (entry.platform) platforms.push(platformText(entry.platform));
        const entry = choosePlatform(parsed, platform);
        if (!entry) {
          const there = platforms.slice(0, 20).join(', ') || 'no platform';
          throw registryFailure(
            'registry-not-found',
            `${repository}:${reference} is not there for ${platform ?? 'any platform'}; it has ${there}`,
          );
        }
        chosen = entry.platform ? platformText(entry.platform) : '';
        ({ parsed, digest } = await manifest(repository, entry.digest, signal));
      }
      const { mediaType, config, layers } = parsed;
      return { digest, referenceDigest, mediaType, manifest: parsed, config, layers, platform: chosen, platforms };
    },
    async blob(repository, digest, { sizeBytes, signal: own } = {}) {
      checkRepository(repository);
      if (!isDigest(digest)) throw registryFailure('registry-error', `"${quoted(digest)}" is not a SHA-256 digest`);
      const signal = signalOf(own);
      const open = (fromByte?: number) =>
        send({
          path: `/v2/${repository}/blobs/${digest}`,
          scope: pull(repository),
          signal,
          ...(fromByte !== undefined && { fromByte }),
          async read(answer) {
            const range = answer.header('content-range') ?? '';
            if (answer.status === 206 && !range.startsWith(`bytes ${fromByte}-`)) {
              answer.body.destroy();
              throw registryFailure('registry-error', `${host} sends another part of ${digest} than was asked for`);
            }
            return answer;
          },
        });
      return verifiedBlob(await open(), open, { digest, sizeBytes }, signal);
    },
    async config(repository, { digest, size }, signal) {
      if (size > registryLimits.configBytes) {
        throw registryFailure('registry-error', `the image's configuration has ${size} bytes, which is refused`);
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of await client.blob(repository, digest, { sizeBytes: size, ...(signal && { signal }) })) {
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
    async close() {
      await dispatcher.destroy();
    },
  };
  return client;
}

function checkRepository(repository: string): void {
  if (isRepository(repository)) return;
  throw registryFailure('registry-error', `"${quoted(repository)}" is not the name of a repository`);
}

function checkReference(reference: string): void {
  if (isTag(reference) || isDigest(reference)) return;
  throw registryFailure('registry-error', `"${quoted(reference)}" is neither a tag nor a digest`);
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function tryJson(bytes: Uint8Array): unknown {
  try {
    return parseDocument(bytes, mostNames);
  } catch {
    return undefined;
  }
}
