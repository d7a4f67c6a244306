import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import { type Extractor, PackageUnreadable, readText } from '../extractor.ts';
import { isLockFile } from '../lock-file-path.ts';
import { oncePerVersion } from '../once-per-version.ts';

const fileNames = ['pnpm-lock.yaml'];

/**
 * What pnpm's lock files of versions 5 to 9 say is to be installed: the keys of `packages`. Read line by line, as pnpm
 * writes them; YAML's parsers offer strangers too much.
 */
export const pnpmLock: Extractor = {
  name: 'pnpm-lock',
  fileNames,
  isLock: true,
  maxBytes: 64 * 1024 * 1024,
  wants: (path) => isLockFile(path, fileNames),
  extract(_path, bytes) {
    const text = readText(bytes);
    if (!/^lockfileVersion:/m.test(text)) throw new PackageUnreadable('a lock file of pnpm without its version');
    const packages: Package[] = [];
    for (const { key, fields } of entriesOf(text)) {
      const [name, version] = readKey(key);
      addPackage(packages, {
        kind: 'npm',
        name: fields.get('name') ?? name,
        version: fields.get('version') ?? version,
        ...(fields.get('dev') === 'true' ? { development: true } : {}),
      });
    }
    return { packages: oncePerVersion(packages) };
  },
};

interface Entry {
  key: string;
  fields: Map<string, string>;
}

function* entriesOf(text: string): Generator<Entry> {
  let isInside = false;
  let entry: Entry | undefined;
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) isInside = /^packages:\s*$/.test(line);
    if (!isInside) continue;
    const [, key] = /^ {2}(\S.*?):\s*(?:\{.*)?$/.exec(line) ?? [];
    if (key !== undefined) {
      if (entry !== undefined) yield entry;
      entry = { key: unquote(key), fields: new Map() };
    }
    const [, name, value] = /^ {4}(name|version|dev): (.+?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) entry?.fields.set(name, unquote(value));
  }
  if (entry !== undefined) yield entry;
}

/** `/@scope/name/1.0.0_peer@1` (5), `/@scope/name@1.0.0(peer@1)` (6), `@scope/name@1.0.0` (9); else no version is told. */
function readKey(key: string): [string, string] {
  const plain = key.replace(/\(.*$/, '');
  const at = plain.indexOf('@', plain.startsWith('/') ? 2 : 1);
  const slash = plain.lastIndexOf('/');
  const isOld = plain.startsWith('/') && /^\d+\.\d+\.\d+/.test(plain.slice(slash + 1));
  if (isOld) return [plain.slice(1, slash), plain.slice(slash + 1).replace(/_.*$/, '')];
  if (at === -1) return ['', ''];
  const version = plain.slice(at + 1);
  return /[:/]/.test(version) ? ['', ''] : [plain.slice(plain.startsWith('/') ? 1 : 0, at), version];
}

function unquote(text: string): string {
  return text.replace(/^(['"])(.*)\1$/, '$2');
}
