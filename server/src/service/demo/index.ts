/** The registry of the demo: one neglected image and one in order, on a free port of loopback. */
import { imageInOrder, neglectedShop } from './demo-images.ts';
import { type ImageRegistry, startImageRegistry } from './image-registry.ts';

export type { ImageRegistry };

/** Where the demo's images stand in its registry. */
export const demoImages = [
  { repository: 'demo/shop', tag: '1.0' },
  { repository: 'demo/clean', tag: '1.0' },
] as const;

/** Starts the registry; it serves until it is stopped. */
export async function startDemoRegistry(): Promise<ImageRegistry> {
  const [shop, clean] = await Promise.all([neglectedShop(), imageInOrder()]);
  return startImageRegistry([
    { ...demoImages[0], image: shop },
    { ...demoImages[1], image: clean },
  ]);
}
