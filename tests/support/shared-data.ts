import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the folder of real advisories, rules and images is looked for. */
export const sharedDataFolder: string = resolve(
  process.env['WHARFINGER_SHARED_DATA'] ?? join(root, '..', 'shared', 'data'),
);

/** That folder, or undefined where it is absent. `npm run test:data` insists on it. */
export const sharedData: string | undefined = existsSync(sharedDataFolder) ? sharedDataFolder : undefined;
