import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import { type Extractor, linesOf, PackageUnreadable, readText } from '../extractor.ts';
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
    let isUnknown = false;
    for (const entry of entriesOf(text)) {
      if (entry === 'unknown') {
        isUnknown = true;
        continue;
      }
      const { key, fields } = entry;
      const [name, version] = readKey(key);
      addPackage(packages, {
        kind: 'npm',
        name: fields.get('name') ?? name,
        version: fields.get('version') ?? version,
        ...(fields.get('dev') === 'true' ? { development: true } : {}),
      });
    }
    const problem = isUnknown ? { problem: 'a lock file of pnpm with lines as pnpm does not write them' } : {};
    return { packages: oncePerVersion(packages), ...problem };
  },
};

interface Entry {
  key: string;
  fields: Map<string, string>;
}

/** `unknown`: a line that may tell of packages in one of the many other ways that YAML has. */
function* entriesOf(text: string): Generator<Entry | 'unknown'> {
  let isInside = false;
  let entry: Entry | undefined;
  for (const line of linesOf(text)) {
    if (/^\S/.test(line)) {
      isInside = /^packages:\s*$/.test(line);
      if (!isInside && /^["']?packages["']?\s*:(?!\s*\{\s*\}\s*$)/.test(line)) yield 'unknown';
    }
    if (!isInside) continue;
    const key = keyOf(line);
    if (key !== undefined) {
      if (entry !== undefined) yield entry;
      entry = { key: unquote(key), fields: new Map() };
    } else if (/^ {2}[^\s#:]/.test(line)) yield 'unknown';
    const [, name, value] = /^ {4}(name|version|dev): (.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (isOtherYaml(value)) yield 'unknown';
    else entry?.fields.set(name, unquote(value.trim()));
  }
  if (entry !== undefined) yield entry;
}

/**
 * What stands before a colon and a brace, or a colon at the end, or behind a question mark where it is longer than a thousand
 * letters. One expression for all would look far from each colon.
 */
function keyOf(line: string): string | undefined {
  if (!/^ {2}[^\s:#]/.test(line)) return undefined;
  const text = line.trim();
  if (text.startsWith('? ')) return text.slice(2).trim();
  const end = /:\s*\{/.exec(text)?.index ?? (text.endsWith(':') ? text.length - 1 : 0);
  return end > 0 ? text.slice(0, end) : undefined;
}

/**
 * `/@scope/name/1.0.0_peer@1` (5), `/@scope/name@1.0.0(peer@1)` (6), `@scope/name@1.0.0` (9), each perhaps with its registry
 * before it. What comes from elsewhere has its version, and before 9 its name, in fields.
 */
function readKey(key: string): [name: string, version: string] {
  const plain = key.replace(/\(.*$/, '').replace(/^[\w-]+(?:\.[\w-]+)+(?::\d+)?\//, '/');
  const name = plain.replace(/^\//, '');
  const slash = name.lastIndexOf('/');
  const last = name.slice(slash + 1);
  if (plain.startsWith('/') && slash > 0 && /^\d+\.\d+\.\d+/.test(last)) {
    return [name.slice(0, slash), last.replace(/_.*$/, '')];
  }
  const at = name.indexOf('@', 1);
  if (at === -1) return ['', ''];
  const version = name.slice(at + 1);
  return [name.slice(0, at), /[:/]/.test(version) ? '' : version];
}

/** Anchors, aliases, tags and texts of several lines. */
function isOtherYaml(value: string): boolean {
  return /^[&*!|>]/.test(value);
}

function unquote(text: string): string {
  return text.replace(/^(['"])(.*)\1$/, '$2');
}
