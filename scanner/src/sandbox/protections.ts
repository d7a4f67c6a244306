import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Which protections of the children hold on this machine. */
export interface SandboxFacts {
  /** Node's permission model: no files but the program's, no network, no other programs. Always. */
  permissions: true;
  /** Children run as a user of their own that owns nothing: only where we are root. */
  ownUser: boolean;
  /** Memory and processor time are bounded by the kernel (`prlimit`). */
  resourceLimits: boolean;
  /** Children stand in a network namespace that is empty (`unshare`). */
  noNetwork: boolean;
}

/** What most machines have: a child that was started with it, and answers, has tried it. */
export function allProtections(): SandboxFacts {
  return { permissions: true, ownUser: isRoot(), resourceLimits: true, noNetwork: true };
}

let probed: Promise<SandboxFacts> | undefined;

/** A child has answered that was started so: nothing is left to try. */
export function protectionsHold(facts: SandboxFacts): void {
  probed ??= Promise.resolve(facts);
}

/** Tries once what holds here; for `wharfinger doctor`, and for starting children. */
export function sandboxFacts(): Promise<SandboxFacts> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<SandboxFacts> {
  const [resourceLimits, noNetwork] = await Promise.all([
    runs('prlimit', ['--data=1073741824:1073741824', '--core=0', 'true']),
    runs('unshare', [...unshareArguments(), 'true']),
  ]);
  return { permissions: true, ownUser: isRoot(), resourceLimits, noNetwork };
}

export interface ChildLimits {
  memoryBytes: number;
  /** Processor time; without it only the parent's clock counts. */
  cpuSeconds?: number;
  /** The largest file that it may write, into a descriptor it was given. */
  fileBytes: number;
}

/**
 * Node takes these addresses for code before it does anything, and the kernel counts them as data though hardly any of it
 * becomes memory. Of what a child may hold they are no part.
 */
const reservedBytes = 512 * 1024 * 1024;

/** The command line that runs one of our programs as a child with all that holds here. */
export function sandboxedCommand(
  facts: SandboxFacts,
  program: URL,
  limits: ChildLimits,
  addOns: boolean,
): { command: string; args: string[] } {
  const { memoryBytes, cpuSeconds, fileBytes } = limits;
  const line: string[] = [];
  if (facts.noNetwork) line.push('unshare', ...unshareArguments());
  if (facts.resourceLimits) {
    // Node's own limit does not bound its buffers: the kernel's does.
    const dataBytes = reservedBytes + memoryBytes;
    line.push('prlimit', `--data=${dataBytes}:${dataBytes}`, '--core=0:0', `--fsize=${fileBytes}:${fileBytes}`);
    // The first limit tells why it ends, the second makes sure of it.
    if (cpuSeconds !== undefined) line.push(`--cpu=${cpuSeconds}:${cpuSeconds + 5}`);
  }
  line.push(
    process.execPath,
    '--permission',
    ...programFolders(addOns).map((folder) => `--allow-fs-read=${folder}`),
    addOns ? '--allow-addons' : '--no-addons',
    `--max-old-space-size=${Math.max(64, Math.floor(memoryBytes / 2 / 1024 ** 2))}`,
    // Most of what a child makes is gone at once: young space that is larger only takes memory, once for each child.
    '--max-semi-space-size=2',
    fileURLToPath(program),
  );
  const [command = process.execPath, ...args] = line;
  return { command, args };
}

/** A user that exists nowhere else: children can neither signal each other nor look into each other. */
export function ownUser(facts: SandboxFacts): number | undefined {
  // The range that systemd keeps for services with a user made on the spot.
  return facts.ownUser ? 61_184 + Math.floor(Math.random() * 4336) : undefined;
}

/** As an ordinary user a namespace of users has to come first; it maps nobody but oneself. */
function unshareArguments(): string[] {
  return isRoot() ? ['--net', '--'] : ['--user', '--map-current-user', '--net', '--'];
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function runs(command: string, args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 5000 }, (error) => resolve(error === null));
  });
}

/**
 * Our program and the packages that it imports, wherever these were installed. Real paths: Node follows links before it asks
 * whether a file may be read.
 */
function programFolders(addOns: boolean): string[] {
  const own = packageFolder(fileURLToPath(import.meta.url));
  const folders = [own];
  for (let folder = own; dirname(folder) !== folder; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules');
    if (existsSync(packages)) folders.push(packages, realpathSync(packages));
  }
  return [...new Set([...folders, ...(addOns ? addOnFolders() : [])])];
}

/** Installers that link packages from a store of theirs put an add-on beside what it needs. */
function addOnFolders(): string[] {
  const { resolve } = createRequire(import.meta.url);
  const manifest = resolve('@litko/yara-x/package.json');
  return [dirname(dirname(dirname(realpathSync(manifest))))];
}

function packageFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) || folder === path ? folder : packageFolder(folder);
}
