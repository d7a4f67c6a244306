/** The children that read images: one set for all scans of a process. */
import { createSandbox, type Sandbox } from '@wharfinger/scanner';
import type { Platform } from '../platform/platform.ts';

/** So many images are scanned at once by a process. */
export const scansAtOnce = 2;

const sandboxes = new WeakMap<Platform, Sandbox>();

/** The children of this process; they start with its first scan. */
export function scanSandbox(platform: Platform): Sandbox {
  const known = sandboxes.get(platform);
  if (known) return known;
  const sandbox = createSandbox({ pool: scansAtOnce });
  sandboxes.set(platform, sandbox);
  return sandbox;
}

/** Ends the children, where there are any. */
export async function closeScanSandbox(platform: Platform): Promise<void> {
  const sandbox = sandboxes.get(platform);
  sandboxes.delete(platform);
  await sandbox?.close();
}
