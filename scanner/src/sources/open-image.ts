import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ImageSource, ScanError } from '../model.ts';
import type { RegistryClientOptions } from '../registry/index.ts';
import { openDirectory } from './directory.ts';
import { openDockerArchive } from './docker-archive.ts';
import { openRegistryImage } from './registry-image.ts';
import { parseRegistryReference } from './registry-reference.ts';

export interface OpenImageOptions {
  /** `os/architecture[/variant]`, of a registry's image for several. */
  platform?: string;
  credentials?: { username: string; password: string };
  /** Of a registry: its certificate is not checked. */
  insecure?: boolean;
  /** Of an archive: every layer is read whole and compared with its digest. */
  verify?: boolean;
  signal?: AbortSignal;
  /** Where relative paths count from; without it, where the process stands. */
  cwd?: string;
}

/**
 * Opens what the user named: the path of an archive or of an unpacked root file system, else an image in a registry. Of an
 * archive with several images the first, or the one named behind a colon: `images.tar:team/app:1.2`, `images.tar::1.2`.
 * Throws `ScanError`. The caller closes the source.
 */
export async function openImage(target: string, options: OpenImageOptions = {}): Promise<ImageSource> {
  const local = localTarget(target, options.cwd ?? process.cwd());
  if (local === undefined) return openRemote(target, options);
  const { path, image } = local;
  const stats = statSync(path);
  if (stats.isDirectory()) return openDirectory(target, path);
  if (!stats.isFile()) {
    throw new ScanError({ code: 'target-unreadable', message: `${path} is neither a file nor a folder` });
  }
  const { verify = false } = options;
  return openDockerArchive(target, path, { verify, ...(image === undefined ? {} : { image }) });
}

function localTarget(target: string, cwd: string): { path: string; image?: string } | undefined {
  const whole = resolve(cwd, target);
  if (existsSync(whole)) return { path: whole };
  for (let colon = target.indexOf(':'); colon > 0; colon = target.indexOf(':', colon + 1)) {
    const path = resolve(cwd, target.slice(0, colon));
    const image = target.slice(colon + 1);
    if (image !== '' && existsSync(path) && statSync(path).isFile()) return { path, image };
  }
  // Nobody names a registry like that: a clearer error than one about its name.
  if (/^(?:\.{0,2}\/|~)/.test(target)) {
    throw new ScanError({ code: 'target-not-found', message: `${target} does not exist` });
  }
  return undefined;
}

async function openRemote(target: string, options: OpenImageOptions): Promise<ImageSource> {
  const { registryUrl, repository, reference } = parseRegistryReference(target);
  const { platform, credentials, insecure, signal } = options;
  const clientOptions: RegistryClientOptions = {
    url: registryUrl,
    ...credentials,
    ...(insecure === undefined ? {} : { insecure }),
    ...(signal === undefined ? {} : { signal }),
  };
  // An HTTP client takes longer to load than a small archive to read.
  const { createRegistryClient } = await import('../registry/index.ts');
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
