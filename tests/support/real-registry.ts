/** A real registry for tests: Debian's `docker-registry` on a free port of loopback, with a folder of its own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SkipReason } from './requirements.ts';

export interface RealRegistry {
  /** `127.0.0.1:<port>`. */
  host: string;
  /** With `http://`. */
  url: string;
  stop(): Promise<void>;
  /** After `stop`: the same content on the same port. */
  start(): Promise<void>;
}

/** The one login of a registry that asks for one. */
export const registryLogin = { username: 'scanner', password: 'open:sesame one' } as const;
/** bcrypt, the only kind that docker-registry reads. */
const registryLoginHash = '$2b$05$M8i4KqQpSYWOubCkr6GHGO1k2w9YKB1TyLFT5jLMeIjdqzHisgnf2';

/** For `describeWhen`: why tests on a real registry are skipped here. */
export const noRealRegistry: SkipReason | undefined =
  spawnSync('docker-registry', ['--version'], { stdio: 'ignore' }).error === undefined
    ? undefined
    : 'not-installed:docker-registry';

/** Starts an empty registry; with `login` it asks for {@link registryLogin}. It ends with the test process at the latest. */
export async function startRealRegistry({ login = false }: { login?: boolean } = {}): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'wharfinger-registry-'));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const configFile = join(folder, 'config.yml');
  const passwordFile = join(folder, 'htpasswd');
  writeFileSync(passwordFile, `${registryLogin.username}:${registryLoginHash}\n`);
  writeFileSync(
    configFile,
    JSON.stringify({
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
      http: { addr: host },
      ...(login && { auth: { htpasswd: { realm: 'tests', path: passwordFile } } }),
    }),
  );
  let child: ChildProcess | undefined;
  const endAtExit = () => child?.kill('SIGKILL');
  const registry: RealRegistry = {
    host,
    url: `http://${host}`,
    async start() {
      child = spawn('docker-registry', ['serve', configFile], { stdio: 'ignore' });
      process.once('exit', endAtExit);
      await answering(registry.url, child);
    },
    async stop() {
      const running = child;
      child = undefined;
      process.off('exit', endAtExit);
      if (running && running.exitCode === null) {
        const ended = new Promise((done) => running.once('exit', done));
        running.kill('SIGKILL');
        await ended;
      }
    },
  };
  await registry.start();
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return registry;
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended at once (${child.exitCode})`);
    try {
      await fetch(`${url}/v2/`);
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error('docker-registry does not answer');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
