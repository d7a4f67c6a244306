/**
 * The package.json of the published package. In the workspace the package's doors are its sources, which Node runs as they
 * are; inside `node_modules` it does not, so what is published has doors of plain JavaScript.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const manifest = new URL('../package.json', import.meta.url);
/** The workspace's own, aside while npm reads the other. */
const kept = new URL('../.package.json.workspace', import.meta.url);

interface Manifest {
  name: string;
  dependencies: Record<string, string>;
  [key: string]: unknown;
}

/** Puts the workspace's package.json back; does nothing where it is in its place. */
export function restoreManifest(): void {
  if (existsSync(kept)) renameSync(kept, manifest);
}

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
}

/** Puts the published package.json in the place of the workspace's, until {@link restoreManifest}. */
export function publishManifest({ scripts: _scripts, ...own }: Manifest, external: readonly string[]): void {
  const entry = (name: string) => ({ types: `./dist/types/${name}.d.ts`, default: `./dist/${name}.js` });
  const dependencies = Object.entries(own.dependencies).filter(([name]) => external.includes(name));
  const published = {
    ...own,
    exports: { '.': entry('index'), './cli': { types: './dist/types/cli/index.d.ts', default: './dist/cli.js' } },
    dependencies: Object.fromEntries(dependencies),
  };
  const text = readFileSync(manifest);
  writeFileSync(kept, text);
  writeFileSync(manifest, `${JSON.stringify(published, undefined, 2)}\n`);
}
