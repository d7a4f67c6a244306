import type { ImageConfig } from '../model.ts';
import type { BuildStep } from './build-steps.ts';

/** What checks look at: the image as its containers see it. */
export interface ImageFacts {
  config: Pick<ImageConfig, 'user' | 'exposedPorts' | 'healthCheck' | 'command'>;
  steps: readonly BuildStep[];
  /** Files with permissions or a place worth telling. */
  files: readonly { path: string; sizeBytes: number; mode?: number; cache?: string }[];
  /** Permission bits of folders of the system, by path. */
  folders: ReadonlyMap<string, number>;
  /** Secrets of environment, labels and history. */
  configSecrets: readonly { path: string; title: string }[];
}
