/** What our figures stand beside: other scanners that are on the PATH, and without any of them a baseline. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Peer {
  name: string;
  version: string;
  /** The command that lists the packages of an archive. */
  inventory: (archive: string) => string[];
  /** For images that it cannot read by that on this machine: the same without what stops it. */
  without?: { what: string; inventory: (archive: string) => string[] };
}

interface Candidate {
  name: string;
  inventory: (archive: string, scratch: string) => string[];
  without?: { what: string; options: string[] };
}

const offline = ['--offline-scan', '--skip-db-update', '--skip-java-db-update', '--quiet'];

const candidates: Candidate[] = [
  {
    name: 'trivy',
    inventory: (archive, scratch) => {
      const output = ['--format', 'cyclonedx', '--output', join(scratch, 'trivy.json')];
      // What it remembers of the layers of its last run would not be what is measured.
      const cache = ['--cache-backend', 'memory', '--cache-dir', join(scratch, 'trivy')];
      return ['trivy', 'image', '--input', archive, ...output, ...offline, ...cache];
    },
    // For them it wants its database of Java's libraries, which has to come over the network.
    without: { what: 'jars', options: ['jar', 'war', 'ear'].flatMap((end) => ['--skip-files', `**/*.${end}`]) },
  },
  {
    name: 'osv-scanner',
    inventory: (archive, scratch) => {
      const output = ['--format', 'json', '--output', join(scratch, 'osv.json')];
      const scan = ['osv-scanner', 'scan', 'image', '--archive', archive, '--offline', '--all-packages', ...output];
      // It has listed the packages when it finds no advisories on this machine, and ends with 127 for it.
      return ['sh', '-c', '"$@" || test $? -eq 127', 'sh', ...scan];
    },
  },
  {
    name: 'syft',
    inventory: (archive) => ['syft', 'scan', `docker-archive:${archive}`, '--output', 'json', '--quiet'],
  },
];

/** The peers that this machine has; nothing is installed for it. What they write goes to `scratch`. */
export async function findPeers(scratch: string): Promise<Peer[]> {
  const found: Peer[] = [];
  for (const { name, inventory, without } of candidates) {
    const version = await versionOf(name);
    if (version === undefined) continue;
    found.push({
      name,
      version,
      inventory: (archive) => inventory(archive, scratch),
      ...(without && {
        without: {
          what: without.what,
          inventory: (archive: string) => [...inventory(archive, scratch), ...without.options],
        },
      }),
    });
  }
  return found;
}

/** What it says itself, or what Go wrote into it: one that was made by `go install` does not know. Undefined: it is not there. */
async function versionOf(name: string): Promise<string | undefined> {
  const said = await run(name, ['--version']).catch(() => undefined);
  if (said === undefined) return undefined;
  const compiled = await run('sh', ['-c', 'go version -m "$(command -v "$0")"', name]).catch(() => undefined);
  const module = /^\tmod\t\S+\tv(\S+)/m.exec(compiled?.stdout ?? '')?.[1];
  return /\d+(\.\d+)+/.exec(said.stdout)?.[0] ?? module ?? 'unknown';
}

/** The least that a reader of layers as tars has to do, by the means that ours has: going from header to header. */
export function headerBaseline(): Peer {
  const script = fileURLToPath(new URL('walk-headers.ts', import.meta.url));
  return { name: 'all headers', version: process.version, inventory: (archive) => [process.execPath, script, archive] };
}

/** The same by the system's tools: tar lists every layer, one after the other. */
export async function tarBaseline(): Promise<Peer> {
  const { stdout } = await run('tar', ['--version']);
  return {
    name: 'tar -t of each layer',
    version: /\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'unknown',
    inventory: (archive) => [
      'sh',
      '-c',
      'for layer in $(tar -tf "$0" | grep layer); do case $layer in *.gz) unpack="gzip -dc";; *) unpack=cat;; esac; ' +
        'tar -xOf "$0" $layer | $unpack | tar -tf - >/dev/null; done',
      archive,
    ],
  };
}

/** What no reader of compressed layers can do without: unpacking them and computing their digests, with these tools. */
export async function inflateBaseline(): Promise<Peer> {
  const { stdout } = await run('gzip', ['--version']);
  return {
    name: 'gzip and sha256sum of each layer',
    version: /\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'unknown',
    inventory: (archive) => [
      'sh',
      '-c',
      'for layer in $(tar -tf "$0" | grep layer); do tar -xOf "$0" $layer | gzip -dc | sha256sum >/dev/null; done',
      archive,
    ],
  };
}
