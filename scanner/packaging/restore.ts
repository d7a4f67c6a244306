/** `npm pack` runs this last (postpack). */
import { rm } from 'node:fs/promises';
import { restoreManifest } from './manifest.ts';

restoreManifest();
for (const name of ['LICENSE', 'NOTICE']) await rm(new URL(`../${name}`, import.meta.url), { force: true });
