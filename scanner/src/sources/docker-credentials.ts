/**
 * What `docker login` and its helpers know about a registry.
 * Format: https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ScanError } from '../model.ts';
import type { Credentials } from './open-image.ts';

const helperName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const helperLimitMs = 30_000;
/** Docker Hub goes by an older name there. */
const dockerHub = { host: 'registry-1.docker.io', key: 'https://index.docker.io/v1/' };

const shape = z.object({
  auths: z
    .record(
      z.string(),
      z.object({ auth: z.string().optional(), username: z.string().optional(), password: z.string().optional() }),
    )
    .default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().default(''),
});
type DockerConfig = z.infer<typeof shape>;

const answer = z.object({ Username: z.string(), Secret: z.string() });

/**
 * User name and password for a registry (`registry.example.com`, `127.0.0.1:5000`), or nothing where none are kept. The file is
 * `config.json` in `DOCKER_CONFIG` or `~/.docker`. Throws `ScanError` where the file, or the helper it names, cannot be used:
 * going on without would end in a refusal that nobody understands.
 */
export async function dockerCredentials(
  host: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Credentials | undefined> {
  const path = join(env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker'), 'config.json');
  const config = await readConfig(path);
  if (config === undefined) return undefined;
  const keys = keysOf(host);
  const helper = keys.map((key) => config.credHelpers[key]).find((name) => name !== undefined) ?? config.credsStore;
  if (helper !== '') return askHelper(helper, keys, path, env);
  for (const key of keys) {
    const entry = config.auths[key];
    if (entry?.auth) return fromAuth(entry.auth, path);
    if (entry?.username && entry.password) return { username: entry.username, password: entry.password };
  }
  return undefined;
}

/** The names under which the credentials of one registry may be kept. */
function keysOf(host: string): string[] {
  const plain = [
    host,
    `https://${host}`,
    `https://${host}/`,
    `https://${host}/v1/`,
    `https://${host}/v2/`,
    `http://${host}`,
  ];
  return host === dockerHub.host ? [dockerHub.key, 'docker.io', 'index.docker.io', ...plain] : plain;
}

async function readConfig(path: string): Promise<DockerConfig | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw unusable(path, 'cannot be read', error);
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw unusable(path, 'is no configuration of Docker', error);
  }
}

/** `auth` is base64 of `user:password`. */
function fromAuth(auth: string, path: string): Credentials {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw unusable(path, 'has an "auth" that is not base64 of user:password');
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replaceAll('\0', '') };
}

async function askHelper(
  helper: string,
  keys: readonly string[],
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  if (!helperName.test(helper)) throw unusable(path, 'names a credential helper that is no name of a program');
  for (const key of keys) {
    const found = await runHelper(`docker-credential-${helper}`, key, path, env);
    if (found !== undefined) return found;
  }
  return undefined;
}

function runHelper(
  program: string,
  key: string,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      ['get'],
      { env, timeout: helperLimitMs, maxBuffer: 1024 * 1024 },
      (error, stdout) => {
        if (error !== null) {
          // By agreement the helper says this on standard output when it knows nothing.
          if (/credentials not found/i.test(stdout)) return resolve(undefined);
          return reject(unusable(path, `names ${program}, which gave no answer`, error));
        }
        try {
          const { Username: username, Secret: password } = answer.parse(JSON.parse(stdout));
          return resolve({ username, password });
        } catch (cause) {
          return reject(unusable(path, `names ${program}, whose answer cannot be read`, cause));
        }
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(key);
  });
}

/** The cause's own text is not told: it may hold what the helper said. */
function unusable(path: string, what: string, cause?: unknown): ScanError {
  return new ScanError({ code: 'registry-denied', message: `${path} ${what}` }, { cause });
}
