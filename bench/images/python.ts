import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layer, run } from './layer.ts';

/** Where the image's Python looks for what was installed without its distribution. */
export const sitePackages = 'usr/local/lib/python3.11/dist-packages';

export function python(...requirements: string[]): Layer {
  return {
    recipe: { python: requirements },
    tools: ['pip'],
    async build(root) {
      const target = join(root, sitePackages);
      await mkdir(target, { recursive: true });
      const quiet = ['--quiet', '--no-compile', '--disable-pip-version-check'];
      await run('pip', ['install', ...quiet, '--target', target, ...requirements]);
    },
  };
}
