import type { Package } from '../model.ts';

/** A lock file tells of what is installed at several places; needed anywhere, it is needed. */
export function oncePerVersion(packages: readonly Package[]): Package[] {
  const told = new Map<string, Package>();
  for (const found of packages) {
    const key = JSON.stringify([found.kind, found.name, found.version]);
    const known = told.get(key);
    if (known === undefined || (known.development === true && found.development !== true)) told.set(key, found);
  }
  return [...told.values()];
}
