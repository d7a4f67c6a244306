/** Brings `Temporal` to a Node that has none of its own; does nothing on others. Imported by the doors. */
import { createRequire } from 'node:module';

if (!('Temporal' in globalThis)) createRequire(import.meta.url)('temporal-polyfill/global');
