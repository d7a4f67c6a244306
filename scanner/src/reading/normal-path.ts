/** Any component that is empty, `.` or `..`. */
const notNormal = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** More is no path of any file system. */
const longestPath = 4096;

/**
 * A path of an archive as it stands in the image: without a leading slash, `.` and `..` resolved. Empty for the root
 * itself; undefined for what leaves the root, is longer than a path can be or holds a NUL.
 */
export function normalPath(written: string): string | undefined {
  const from = written.startsWith('./') ? 2 : 0;
  const to = written.endsWith('/') ? written.length - 1 : written.length;
  const path = from >= to ? '' : written.slice(from, to);
  if (path === '') return '';
  if (path.length > longestPath || path.includes('\0')) return undefined;
  return notNormal.test(path) ? resolveDots(path) : path;
}

function resolveDots(path: string): string | undefined {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.pop() === undefined) return undefined;
  }
  return kept.join('/');
}

/** How many folders stand above the last component. */
export function depthOf(path: string): number {
  let depth = 0;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) depth += 1;
  return depth;
}

/** Where the last component begins, of what stands before `end`. */
export function nameStart(path: string, end: number = path.length): number {
  return end === 0 ? 0 : path.lastIndexOf('/', end - 1) + 1;
}
