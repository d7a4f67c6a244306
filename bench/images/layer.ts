import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** A layer to be built, by the tool that its users would fill it with. */
export interface Layer {
  /** What it is made of, as plain JSON. */
  readonly recipe: unknown;
  /** Programs without which it cannot be built. */
  readonly tools: readonly string[];
  /** Why it cannot be built on this machine although its tools are there. */
  readonly missing?: string;
  /** Fills the folder. */
  build(root: string, image: ImageInProgress): Promise<void>;
}

/** What the layers of one image share while it is built. */
export interface ImageInProgress {
  /** Of downloads, kept between images. */
  cache: string;
  /** Kept beside the image: what is known of its packages from where they came. */
  notes: string;
  /** The place of the layer, from the bottom. */
  layer: number;
  /** Names of the Debian packages so far, and what their database says of them. */
  debian: { installed: Set<string>; stanzas: string[] };
}

const maxBuffer = 64 * 1024 ** 2;

/** What a program prints. Its own settings say where it gets things from; nothing is set here. */
export async function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { ...options, maxBuffer });
  return stdout;
}

/** Those that are not on the `PATH`. */
export async function missingTools(tools: readonly string[]): Promise<string[]> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = await Promise.all(
    tools.map(async (tool) => {
      const tries = folders.map((folder) => access(join(folder, tool), constants.X_OK).then(() => true));
      return (await Promise.allSettled(tries)).some(({ status }) => status === 'fulfilled');
    }),
  );
  return tools.filter((_, index) => found[index] !== true);
}
