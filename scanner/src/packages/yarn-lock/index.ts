import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import { type Extractor, linesOf, PackageUnreadable, readText } from '../extractor.ts';
import { isLockFile } from '../lock-file-path.ts';
import { oncePerVersion } from '../once-per-version.ts';

const fileNames = ['yarn.lock'];

/**
 * What Yarn's lock files say is to be installed, those of version 1 and those that are YAML. Read line by line: of YAML
 * they use no more than names with values below them, and its parsers offer strangers too much.
 */
export const yarnLock: Extractor = {
  name: 'yarn-lock',
  fileNames,
  isLock: true,
  maxBytes: 64 * 1024 * 1024,
  wants: (path) => isLockFile(path, fileNames),
  extract(_path, bytes) {
    const packages: Package[] = [];
    let isUnknown = false;
    for (const entry of entriesOf(readText(bytes))) {
      // The head of YAML, with a version of its own.
      if (entry.get('key') === '__metadata') continue;
      const told = entry.get('version') ?? '';
      // Anchors and aliases of YAML are not looked up.
      const version = /^[&*]/.test(told) ? '' : told;
      isUnknown ||= version === '';
      // In YAML the resolution tells whose package it is, and the project itself is one of them.
      const name = entry.has('resolution') ? nameIn(entry.get('resolution') ?? '') : nameIn(entry.get('key') ?? '');
      if (name !== undefined) addPackage(packages, { kind: 'npm', name, version });
    }
    const problem = 'a lock file of Yarn in a form that we do not know';
    if (packages.length === 0 && isUnknown) throw new PackageUnreadable(problem);
    return { packages: oncePerVersion(packages), ...(isUnknown ? { problem } : {}) };
  },
};

/** A line at the margin names what was asked for, the lines below it what it came to. */
function* entriesOf(text: string): Generator<Map<string, string>> {
  let entry: Map<string, string> | undefined;
  for (const line of linesOf(text)) {
    if (/^[^\s#]/.test(line)) {
      if (entry !== undefined) yield entry;
      entry = new Map([['key', firstOf(line)]]);
    }
    const [, name, value] = /^ {2}"?(version|resolution)"?:? +"?([^"\s]+)"?\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) entry?.set(name, value);
  }
  if (entry !== undefined) yield entry;
}

/** `"a@^1", a@^1.2:` */
function firstOf(line: string): string {
  return line.replace(/:\s*$/, '').split(',', 1)[0]?.trim().replaceAll('"', '') ?? '';
}

/** `@scope/name@^1`, `other@npm:name@^1`, `name@patch:…`; undefined for a folder of the project. */
function nameIn(text: string): string | undefined {
  const at = text.indexOf('@', 1);
  const [name, range] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  if (/^(?:workspace|link|portal|file|exec):/.test(range)) return undefined;
  const [, real] = /^npm:((?:@[^@/]+\/)?[^@/^~<>=\s][^@/]*)@/.exec(range) ?? [];
  return real ?? name;
}
