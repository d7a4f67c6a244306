import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData } from '../../tests/support/shared-data.ts';
import { type Layer, run } from './layer.ts';

/**
 * A root file system of Alpine from the shared data, which alone brings one here: the mirrors that Alpine's own tools ask
 * are out of reach. Into it Alpine's `apk` itself puts a package without files, as `apk add --virtual` leaves it.
 */
export function alpine(release: string): Layer {
  const archive = join(sharedData ?? '', `images/alpine/alpine-minirootfs-${release}-x86_64.tar.gz`);
  return {
    recipe: { alpine: release },
    tools: ['tar'],
    ...(existsSync(archive) ? {} : { missing: 'the shared data are not here' }),
    async build(root) {
      await run('tar', ['-xzf', archive, '--no-same-owner', '-C', root]);
      await runApk(root, ['--no-network', 'add', '--virtual', '.build-deps']);
    },
  };
}

/** The image's own program on the image's own database, started by the image's own loader. */
export async function runApk(root: string, args: readonly string[]): Promise<string> {
  const libraries = [join(root, 'lib'), join(root, 'usr/lib')].join(':');
  const loader = join(root, 'lib/ld-musl-x86_64.so.1');
  return run(loader, ['--library-path', libraries, join(root, 'sbin/apk'), '--root', root, ...args]);
}
