/** Installs the packed scanner into a folder without the network: its own dependencies are linked from the workspace's. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface InstalledScanner {
  /** Of the installed package. */
  folder: string;
  /** The copy of the workspace that was packed: in the workspace itself others may be at work. */
  packedFrom: string;
  /** Starts the command under this Node, as npm's link to it does. */
  command: readonly string[];
}

/** `folder` is empty and the caller's. */
export function installAlone(folder: string): InstalledScanner {
  const copy = join(folder, 'workspace');
  for (const name of ['scanner', 'tsconfig.json', 'LICENSE', 'NOTICE']) {
    const isSource = (path: string) => !/\/(?:dist|node_modules)$/.test(path);
    cpSync(join(root, name), join(copy, name), { recursive: true, filter: isSource });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const packedFrom = join(copy, 'scanner');
  const archive = run('npm', ['pack', '--silent'], packedFrom).trim();
  const installed = join(folder, 'node_modules/@wharfinger/scanner');
  mkdirSync(installed, { recursive: true });
  run('tar', ['xzf', join(packedFrom, archive), '-C', installed, '--strip-components=1'], folder);
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return { folder: installed, packedFrom, command: [process.execPath, join(installed, 'bin/wharfinger-scan.mjs')] };
}

interface Manifest {
  dependencies: Record<string, string>;
}

function run(program: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
