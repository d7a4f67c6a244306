import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ImageSource, ScanError } from '../model.ts';
import type { RegistryClientOptions } from '../registry/index.ts';
import { openDirectory } from './directory.ts';
import {
  dockerManifest,
  type ImageFiles,
  ociIndex,
  openArchiveFiles,
  openFolderFiles,
  type StoredImage,
  unreadable,
} from './image-files.ts';
import { parseRegistryReference } from './registry-reference.ts';

export interface OpenImageOptions {
  /** `os/architecture[/variant]`, of an image for several. */
  platform?: string;
  credentials?: Credentials | ((host: string) => Promise<Credentials | undefined>);
  /** Of a registry: its certificate is not checked. */
  insecure?: boolean;
  /** Of an archive: every layer is read whole and compared with its digest. */
  verify?: boolean;
  signal?: AbortSignal;
  /** Where relative paths count from; without it, where the process stands. */
  cwd?: string;
  /** The archive at a path, where its caller has it open already: it is closed with the image. */
  takeFile?: (path: string) => number | undefined;
}

export interface Credentials {
  username: string;
  password: string;
}

/** What a target is taken for when it says so: `oci:./build`, `dir:rootfs`. */
export const targetKinds = ['docker-archive', 'oci', 'dir', 'registry'] as const;
export type TargetKind = (typeof targetKinds)[number];

/**
 * Opens what the user named: the path of an archive, of an OCI layout or of an unpacked root file system, else an image in a
 * registry. Of several images the first, or the one named behind a colon: `images.tar:team/app:1.2`, `images.tar::1.2`. A
 * kind before it ({@link targetKinds}) takes the choice away. Throws `ScanError`. The caller closes the source.
 */
export async function openImage(target: string, options: OpenImageOptions = {}): Promise<ImageSource> {
  const { kind, rest } = splitKind(target, options.cwd ?? process.cwd());
  if (kind === 'registry') return openRemote(target, rest, options);
  const local = localTarget(rest, options.cwd ?? process.cwd());
  if (local !== undefined) return openLocal(target, local, kind, options);
  // Nobody names a registry like that: a clearer error than one about its name.
  if (kind !== undefined || /^(?:\.{0,2}\/|~)/.test(rest)) {
    throw new ScanError({ code: 'target-not-found', message: `${rest} does not exist` });
  }
  return openRemote(target, rest, options);
}

/** The kind that stands before a target. What is there under the whole name has none. */
export function splitKind(target: string, cwd: string): { kind?: TargetKind; rest: string } {
  const kind = targetKinds.find((name) => target.startsWith(`${name}:`));
  if (kind === undefined || existsSync(resolve(cwd, target))) return { rest: target };
  return { kind, rest: target.slice(kind.length + 1) };
}

interface LocalTarget {
  path: string;
  image?: string;
}

function localTarget(target: string, cwd: string): LocalTarget | undefined {
  const whole = resolve(cwd, target);
  if (existsSync(whole)) return { path: whole };
  for (let colon = target.indexOf(':'); colon > 0; colon = target.indexOf(':', colon + 1)) {
    const path = resolve(cwd, target.slice(0, colon));
    const image = target.slice(colon + 1);
    if (image !== '' && existsSync(path) && (statSync(path).isFile() || isLayout(path))) return { path, image };
  }
  return undefined;
}

async function openLocal(
  target: string,
  { path, image }: LocalTarget,
  kind: Exclude<TargetKind, 'registry'> | undefined,
  { platform, verify = false, takeFile }: OpenImageOptions,
): Promise<ImageSource> {
  const stats = statSync(path);
  if (!stats.isDirectory() && !stats.isFile()) throw unreadable(path, 'is neither a file nor a folder');
  const isFolder = stats.isDirectory();
  if (kind === 'dir' && !isFolder) throw unreadable(path, 'is no folder');
  if (kind === 'dir' || (kind === undefined && isFolder && !isLayout(path))) return openDirectory(target, path);
  const files = isFolder ? openFolderFiles(path) : await openArchiveFiles(path, takeFile?.(path));
  try {
    const stored = await readStored(files, kind, {
      ...(image === undefined ? {} : { image }),
      ...(platform === undefined ? {} : { platform }),
    });
    return { ...stored, target, verified: verify, close: async () => files.close() };
  } catch (error) {
    files.close();
    throw error;
  }
}

/** Docker's own list comes first: since version 25 an archive has both, and only Docker's knows all names. */
async function readStored(
  files: ImageFiles,
  kind: 'oci' | 'docker-archive' | undefined,
  options: { image?: string; platform?: string },
): Promise<StoredImage> {
  const isOci = files.has(ociIndex);
  const isDocker = files.has(dockerManifest);
  const asOci = kind === 'oci' || (kind === undefined && isOci && (!isDocker || options.platform !== undefined));
  if (asOci && isOci) return (await import('./oci-layout.ts')).readOciImage(files, options);
  if (!asOci && isDocker) return (await import('./docker-archive.ts')).readDockerImage(files, options.image);
  throw unreadable(files.path, lacking[kind ?? 'any']);
}

const lacking = {
  oci: 'has no index.json: it is no OCI layout',
  any: 'has no manifest.json and no index.json: it is neither an archive of docker save nor an OCI layout',
  'docker-archive': 'has no manifest.json: it is no archive made by docker save (1.10 or later)',
};

function isLayout(path: string): boolean {
  return existsSync(join(path, 'oci-layout')) && existsSync(join(path, ociIndex));
}

async function openRemote(target: string, name: string, options: OpenImageOptions): Promise<ImageSource> {
  const { registryUrl, repository, reference } = parseRegistryReference(name);
  const { platform, insecure, signal } = options;
  const credentials =
    typeof options.credentials === 'function'
      ? await options.credentials(registryUrl.replace(/^https?:\/\//, ''))
      : options.credentials;
  const clientOptions: RegistryClientOptions = {
    url: registryUrl,
    ...credentials,
    ...(insecure === undefined ? {} : { insecure }),
    ...(signal === undefined ? {} : { signal }),
  };
  // An HTTP client takes longer to load than a small archive to read.
  const { createRegistryClient } = await import('../registry/index.ts');
  const { openRegistryImage } = await import('./registry-image.ts');
  const client = createRegistryClient(clientOptions);
  try {
    const source = await openRegistryImage(client, repository, reference, {
      target,
      ...(platform === undefined ? {} : { platform }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { ...source, close: () => client.close() };
  } catch (error) {
    await client.close();
    throw error;
  }
}
