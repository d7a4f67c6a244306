import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { packagedPrograms } from '../../platform/database/index.ts';
import { errorLine } from '../../platform/error-line.ts';
import { fail, ok, type Check, type Ground } from './check.ts';

const connectTimeoutMs = 5_000;
/** `create or replace trigger` came with it. */
const leastMajor = 14;

/** The embedded PostgreSQL's programs, or the three roles of another one. */
export async function checkDatabase({ config }: Ground): Promise<Check[]> {
  if (!config?.database) return [checkEmbedded()];
  const { owner, app, system } = config.database;
  return Promise.all([
    checkUrl('DATABASE_URL', owner),
    checkUrl('DATABASE_URL_APP', app),
    checkUrl('DATABASE_URL_SYSTEM', system),
  ]);
}

function checkEmbedded(): Check {
  const name = 'PostgreSQL';
  const install =
    'run "npm start" once, which installs it, or set DATABASE_URL, DATABASE_URL_APP and DATABASE_URL_SYSTEM';
  try {
    const { folder } = packagedPrograms();
    const { status, stdout, stderr, error } = spawnSync(join(folder, 'bin/postgres'), ['--version'], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    if (status !== 0) {
      const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
      return fail(name, `the embedded server's program does not run: ${why}`, install);
    }
    if (process.getuid?.() === 0 && !canRunAsAnother()) {
      const advice = 'make a system account named wharfinger, or start as another user';
      return fail(name, 'as root it needs an account of its own, and there is neither one nor useradd', advice);
    }
    return ok(name, `embedded, ${stdout.trim().replace(/^.*\) /, 'version ')}`);
  } catch (error) {
    return fail(name, errorLine(error), install);
  }
}

function canRunAsAnother(): boolean {
  if (/^(wharfinger|postgres):/m.test(readFileSync('/etc/passwd', 'utf8'))) return true;
  return spawnSync('useradd', ['--help'], { stdio: 'ignore' }).status === 0;
}

async function checkUrl(setting: string, connectionString: string): Promise<Check> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: connectTimeoutMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
    const version = rows[0]?.version ?? '';
    if (Number.parseInt(version, 10) < leastMajor) {
      return fail(setting, `PostgreSQL ${version}`, `use version ${leastMajor} or newer`);
    }
    return ok(setting, `PostgreSQL ${version} lets ${client.user ?? ''} in`);
  } catch (error) {
    return fail(setting, errorLine(error), 'check host, role, password and pg_hba.conf');
  } finally {
    await client.end().catch(() => undefined);
  }
}
