/** Ids of what is bought. */
import { randomInt } from 'node:crypto';
import type { Product } from '../catalog/index.ts';

const prefixes = {
  professional: 'tcss',
  'image-scan': 'tcssscan',
  'log-analysis': 'tcsslog',
} as const satisfies Record<Product, string>;
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A new id such as `tcss-k3x9…`: chance enough that no two are ever the same. */
export function newInstanceId(product: Product): string {
  const chance = Array.from({ length: 16 }, () => letters[randomInt(letters.length)]).join('');
  return `${prefixes[product]}-${chance}`;
}
