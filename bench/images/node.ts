import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layer, run } from './layer.ts';

/** An application in `/srv` with its `node_modules`. No script of a package is run. */
export function node(...packages: string[]): Layer {
  return {
    recipe: { node: packages },
    tools: ['npm'],
    async build(root, { layer }) {
      const folder = join(root, `srv/app-${layer}`);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'package.json'), '{"name":"app","version":"1.0.0","private":true}');
      const quiet = ['--silent', '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps'];
      await run('npm', ['install', ...quiet, ...packages], { cwd: folder });
    },
  };
}
