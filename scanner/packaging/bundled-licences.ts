import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The licence texts of the packages that these files are of. Throws where a package has none. */
export async function bundledLicences(modules: readonly string[]): Promise<string> {
  const folders = new Set(modules.flatMap((path) => packageFolder(path) ?? []));
  const texts = await Promise.all([...folders].toSorted().map(licenceOf));
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** Where the package of a file in `node_modules` begins. */
function packageFolder(path: string): string | undefined {
  const at = path.lastIndexOf('/node_modules/');
  if (at < 0) return undefined;
  const [scope = '', name = ''] = path.slice(at + '/node_modules/'.length).split('/');
  return join(path.slice(0, at), 'node_modules', scope.startsWith('@') ? `${scope}/${name}` : scope);
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined)
    throw new Error(`${name} says no licence (${dirname(folder)}${existsSync(folder) ? '' : ' is gone'})`);
  return `${name} ${version} (${license})\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
}

interface Manifest {
  name: string;
  version: string;
  license: string;
}
