import { rpmDatabasePaths } from '../packages/rpm/database-paths.ts';
import { nameStart } from './normal-path.ts';
import { PathFilter } from './path-filter.ts';

/**
 * Package databases stand at fixed paths, but a folder on the way may be a link (`lib` to `usr/lib`, `var/lib/dpkg` to
 * elsewhere), perhaps one of another layer. So a file that has the name of a database is tried wherever it stands, and what
 * it tells counts only where the links of the whole image lead to it.
 */
const databases: ReadonlyMap<string, { extractor: string; paths: readonly string[] }> = new Map([
  ['status', { extractor: 'dpkg', paths: ['var/lib/dpkg/status'] }],
  ['installed', { extractor: 'apk', paths: ['lib/apk/db/installed', 'usr/lib/apk/db/installed'] }],
  ...['rpmdb.sqlite', 'Packages.db', 'Packages'].map(
    (name) =>
      [name, { extractor: 'rpm', paths: rpmDatabasePaths.filter((path) => path.endsWith(`/${name}`)) }] as const,
  ),
  ['os-release', { extractor: 'os-release', paths: ['etc/os-release', 'usr/lib/os-release'] }],
]);
const dpkgFolder = 'var/lib/dpkg/status.d/';

const onTheWay: ReadonlySet<string> = new Set(
  [...[...databases.values()].flatMap(({ paths }) => paths), dpkgFolder].flatMap(prefixesOf),
);

const names = new PathFilter();
for (const name of databases.keys()) names.add(name);

/** For a file with a database's name at another path: which extractor reads it, and under which path. */
export function databaseCandidate(path: string): { extractor: string; as: string } | undefined {
  const nameAt = nameStart(path);
  const slash = nameAt - 1;
  const known = names.mayHold(path, nameAt) ? databases.get(path.slice(nameAt)) : undefined;
  const [as] = known?.paths ?? [];
  if (known !== undefined && as !== undefined) return { extractor: known.extractor, as };
  if (path.endsWith('/status.d', slash) || (slash === 8 && path.startsWith('status.d'))) {
    return { extractor: 'dpkg', as: dpkgFolder + path.slice(slash + 1) };
  }
  return undefined;
}

/** All paths that the database read as `as` may have. */
export function databasePaths(as: string): readonly string[] {
  return databases.get(as.slice(as.lastIndexOf('/') + 1))?.paths ?? [as];
}

/** Whether a link at this path may lead to a database: it is on the way to one, or at the root and so on many ways. */
export function isLinkOnTheWay(path: string): boolean {
  return !path.includes('/') || onTheWay.has(path);
}

function prefixesOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
