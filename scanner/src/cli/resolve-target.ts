import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** `localhost`, `127.…` or `[::1]` before the first slash, with a port or without. */
const loopback = /^(registry:)?((?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?\/.*)$/s;

/**
 * What to open: a registry on loopback speaks plain HTTP, as it does for Docker, unless the reference says otherwise. What
 * is there as a file or folder is no reference.
 */
export function resolveTarget(target: string, cwd: string): string {
  const [, kind = '', name] = loopback.exec(target) ?? [];
  return name === undefined || existsSync(resolve(cwd, target)) ? target : `${kind}http://${name}`;
}
