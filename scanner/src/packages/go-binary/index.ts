import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import type { Extractor } from '../extractor.ts';
import { readBuildInformation } from './build-information.ts';
import { readExecutable } from './executable.ts';

const anyoneMayExecute = 0o111;
/** No program is smaller than its headers. */
const minBytes = 512;

/** Modules that Go's linker lists in a program, and the standard library as `stdlib` with the toolchain's version. */
export const goBinary: Extractor = {
  name: 'go-binary',
  maxBytes: 0,
  wants: (path, entry) =>
    entry.sizeBytes >= minBytes && ((entry.mode & anyoneMayExecute) !== 0 || path.endsWith('.exe')),
  extract(_path, bytes) {
    const packages: Package[] = [];
    const executable = readExecutable(bytes);
    const built = executable && readBuildInformation(bytes, executable);
    if (built === undefined) return { packages };
    const toolchain = built.goVersion.trim().split(' ', 1)[0] ?? '';
    // `devel +0123abc` names no release that an advisory could be compared with.
    if (toolchain.startsWith('go')) addPackage(packages, { kind: 'golang', name: 'stdlib', version: toolchain });
    for (const module of readModules(built.modules)) addPackage(packages, { kind: 'golang', ...module });
    return { packages };
  },
};

interface Module {
  name: string;
  version: string;
}

/**
 * Lines `mod` (the main module), `dep` and `=>` (what stands in for the line above), each with path, version and
 * checksum between tabs. A module without a released version (`(devel)`, replaced by a folder) is left out.
 */
function readModules(text: string): Module[] {
  const modules: Module[] = [];
  for (const line of text.split('\n')) {
    const [word, name = '', version = ''] = line.split('\t', 4);
    if (word === 'mod' || word === 'dep') modules.push({ name, version });
    else if (word === '=>' && modules.length > 0) modules[modules.length - 1] = { name, version };
  }
  return modules.filter((module) => module.version !== '' && module.version !== '(devel)');
}
