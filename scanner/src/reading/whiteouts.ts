import { nameStart } from './normal-path.ts';

const prefix = '.wh.';
/** aufs's own marks: the one for a folder without what lies below, and all others, which name no file. */
const opaqueName = '.wh..wh..opq';
const ownPrefix = '.wh..wh.';

export type Whiteout = { type: 'removed'; path: string } | { type: 'opaque'; path: string } | { type: 'ignored' };

/** What an entry with such a path says of the layers below; undefined for one that is a file. Source: OCI image layer. */
export function whiteoutOf(path: string): Whiteout | undefined {
  const nameAt = nameStart(path);
  if (!path.startsWith(prefix, nameAt)) return undefined;
  const folder = path.slice(0, Math.max(nameAt - 1, 0));
  const name = path.slice(nameAt);
  if (name === opaqueName) return { type: 'opaque', path: folder };
  if (name.startsWith(ownPrefix)) return { type: 'ignored' };
  const removed = name.slice(prefix.length);
  // `.wh..` and `.wh...` would remove the folder itself, or the one above.
  if (removed === '' || removed === '.' || removed === '..') return { type: 'ignored' };
  return { type: 'removed', path: folder === '' ? removed : `${folder}/${removed}` };
}
