import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callOperatorSocket, callSigned } from '../server/src/cli/service-call.ts';
import { operatorSocketPath } from '../server/src/api/operator-socket.ts';
import { removeHome } from '../server/src/platform/database/index.ts';
import { emptyDatabase } from './support/empty-database.ts';
import { describeWhen } from './support/requirements.ts';
import { serving, wharfinger } from './support/service-process.ts';

const isRoot = process.getuid?.() === 0;
const clone = dirname(dirname(fileURLToPath(import.meta.url)));
const folders: string[] = [];

function newFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'wharfinger-start-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders) {
    await removeHome(join(folder, 'home'));
    await removeHome(folder);
  }
});

const operator = (home: string, action: string, parameters: Record<string, unknown>) =>
  callOperatorSocket(operatorSocketPath(home), { action, version: '2026-11-01', parameters });

async function newCustomer(home: string, url: string, email = 'a@example.com') {
  const made = await operator(home, 'CreateAccount', { Email: email, Verified: true });
  const key = { secretId: String(made['SecretId']), secretKey: String(made['SecretKey']) };
  return (action: string, at = url) => callSigned(new URL(at), key, { action, version: '2020-11-01', parameters: {} });
}

/** Stops in order and gives what it wrote about that. */
async function stopped(service: Awaited<ReturnType<typeof serving>>) {
  service.signal('SIGTERM');
  return { status: await service.ended(), stderr: service.stderr };
}

describe('a start that cannot be', () => {
  const oneLine = async (args: string[], env: Record<string, string>) => {
    const command = wharfinger(args, { WHARFINGER_HOME: join(tmpdir(), 'wharfinger-none'), ...env });
    const status = await command.ended();
    return { status, stdout: command.stdout, stderr: command.stderr };
  };

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['a bad setting', ['serve'], { PORT: 'http' }, /^wharfinger serve: PORT: must be a whole number\n$/],
    ['a host for all', ['serve'], { HOST: '0.0.0.0' }, /^wharfinger serve: HOST: "0\.0\.0\.0" is not loopback; .*\n$/],
    [
      'a folder that is a file',
      ['serve'],
      { WHARFINGER_HOME: '/dev/null' },
      /^wharfinger serve: WHARFINGER_HOME: .*\n$/,
    ],
    ['an unknown role', ['serve', '--roles', 'all'], {}, /^wharfinger serve: --roles: "all" is no role; .*\n$/],
    ['roles without a database', ['serve', '--roles', 'api'], {}, /^wharfinger serve: --roles: .* DATABASE_URL,.*\n$/],
    [
      'a database that is away',
      ['serve'],
      {
        WHARFINGER_HOME: join(tmpdir(), 'wharfinger-start-away'),
        DATABASE_URL: 'postgres://a:b@localhost:1/c',
        DATABASE_URL_APP: 'postgres://a:b@localhost:1/c',
        DATABASE_URL_SYSTEM: 'postgres://a:b@localhost:1/c',
      },
      /^wharfinger serve: DATABASE_URL: .*ECONNREFUSED.*\n$/,
    ],
    ['no service to ask', ['account', 'list'], {}, /^wharfinger account: no service runs on \S+; start it .*\n$/],
    ['no clock to move', ['clock', 'advance', '--by', 'P1D'], {}, /^wharfinger clock: no service runs on .*\n$/],
    [
      'an endpoint without a key',
      ['account', 'list'],
      { WHARFINGER_ENDPOINT: 'http://127.0.0.1:1' },
      /^wharfinger account: WHARFINGER_ENDPOINT needs the operator key .*\n$/,
    ],
    [
      'an endpoint that is away',
      ['account', 'list'],
      { WHARFINGER_ENDPOINT: 'http://localhost:1', WHARFINGER_SECRET_ID: 'a', WHARFINGER_SECRET_KEY: 'b' },
      /^wharfinger account: http:\/\/localhost:1: .*ECONNREFUSED.*\n$/,
    ],
  ])('for %s says so in one line, with status 2', async (_, args, env, line) => {
    const { status, stdout, stderr } = await oneLine(args, env);
    expect(stderr).toMatch(line);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    rmSync(join(tmpdir(), 'wharfinger-start-away'), { recursive: true, force: true });
  });

  it('shows how a command is called that was called wrongly', async () => {
    const { status, stderr } = await oneLine(['account', 'create', '--mail', 'x'], {});
    expect(stderr).toMatch(/^wharfinger account: Unknown option '--mail'.*\nusage: wharfinger account create/);
    expect(status).toBe(2);
    expect(await oneLine(['nothing'], {})).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/no command "nothing"/),
    });
  });
});

describe('a service', () => {
  it('stops in order while requests run, survives a kill, and refuses a second one beside it', async () => {
    const home = newFolder();
    const env = { WHARFINGER_HOME: home, WHARFINGER_TEST_CLOCK: '2026-03-01T00:00:00Z' };
    let service = await serving(env);
    const customer = await newCustomer(home, service.url);
    expect(await customer('OpenTcssTrial')).toMatchObject({ EndTime: '2026-03-08 08:00:00' });

    const second = wharfinger(['serve'], { ...env });
    expect(await second.ended()).toBe(2);
    expect(second.stderr).toBe(
      `wharfinger serve: WHARFINGER_HOME: ${home} is in use by the service with process id ${service.child.pid}; stop it, or give this one a folder of its own\n`,
    );

    // SIGKILL: nothing that was answered is lost, and the next start works at once.
    service.signal('SIGKILL');
    expect(await service.ended()).toBe('SIGKILL');
    service = await serving(env);
    expect(await customer('DescribePurchaseStateInfo', service.url)).toMatchObject({ State: 2 });

    // SIGTERM: requests that run get their answer, idle and half-sent ones do not hold the stop.
    const { port } = new URL(service.url);
    const idle = connect(Number(port), '127.0.0.1');
    const slow = connect(Number(port), '127.0.0.1');
    await Promise.all([once(idle, 'connect'), once(slow, 'connect')]);
    slow.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    const calls = Array.from({ length: 10 }, (_, index) =>
      operator(home, 'CreateAccount', { Email: `during-${index}@example.com` }).then(
        () => 'answered',
        (error: unknown) => String(error),
      ),
    );
    await Promise.race(calls);
    const { status, stderr } = await stopped(service);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['answered']));
    for (const socket of [idle, slow]) socket.destroy();

    service = await serving(env);
    expect(await operator(home, 'DescribeAccounts', {})).toMatchObject({ List: { length: 11 } });
    expect(await stopped(service)).toMatchObject({ status: 0 });
  });

  it('says that its port is in use, and stops what it had started', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const home = newFolder();
    const service = wharfinger(['serve'], { WHARFINGER_HOME: home, PORT: String(port) });
    expect(await service.ended()).toBe(2);
    expect(service.stderr).toBe(`wharfinger serve: PORT: ${port} of 127.0.0.1 is in use; set PORT to a free one\n`);
    taken.close();
  });

  it('starts beside another one that starts, where socket paths would be too long, in a folder for its owner only', async () => {
    const closed = newFolder();
    const long = join(closed, 'a-very-long-name-of-a-folder-'.repeat(5), 'home');
    chmodSync(closed, 0o700);
    const other = newFolder();
    folders.push(long);
    const services = await Promise.all([serving({ WHARFINGER_HOME: long }), serving({ WHARFINGER_HOME: other })]);
    for (const [index, home] of [long, other].entries()) {
      expect(await operator(home, 'DescribeAccounts', {})).toEqual({ List: [], RequestId: expect.any(String) });
      expect(services[index]?.stderr).toBe('');
    }
    const shortFolder = dirname(operatorSocketPath(long));
    expect(shortFolder.startsWith(long)).toBe(false);
    for (const service of services) expect(await stopped(service)).toMatchObject({ status: 0 });
    rmSync(shortFolder, { recursive: true });
  });

  it('starts anew in a data folder that was removed, keeps the database of one that was moved, and refuses a copy', async () => {
    const folder = newFolder();
    const [first, moved, copy] = [join(folder, 'home'), join(folder, 'moved'), join(folder, 'copy')];
    folders.push(moved);
    let service = await serving({ WHARFINGER_HOME: first });
    expect(await stopped(service)).toMatchObject({ status: 0 });
    rmSync(first, { recursive: true });
    service = await serving({ WHARFINGER_HOME: first });
    await newCustomer(first, service.url);
    expect(await stopped(service)).toMatchObject({ status: 0 });

    renameSync(first, moved);
    service = await serving({ WHARFINGER_HOME: moved });
    expect(await operator(moved, 'DescribeAccounts', {})).toMatchObject({ List: [{ Email: 'a@example.com' }] });
    expect(await stopped(service)).toEqual({ status: 0, stderr: '' });
    if (!isRoot) return; // an ordinary user's database lies in the folder and is copied with it
    cpSync(moved, copy, { recursive: true });
    const second = wharfinger(['serve'], { WHARFINGER_HOME: copy });
    expect(await second.ended()).toBe(2);
    expect(second.stderr).toMatch(/^wharfinger serve: WHARFINGER_HOME: \S+copy is a copy of \S+moved, [^\n]*\n$/);
    rmSync(copy, { recursive: true });
  });

  it('goes on when its database is killed', async () => {
    const home = newFolder();
    const service = await serving({ WHARFINGER_HOME: home });
    const customer = await newCustomer(home, service.url);
    const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
    const cluster = stdout.split('\n').filter((line) => line.includes('bin/postgres -D') && !line.includes('/bin/sh'));
    const parents = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).stdout;
    const parentOf = (pid: string) => new RegExp(`^\\s*${pid}\\s+(\\d+)$`, 'm').exec(parents)?.[1] ?? '';
    const mine = cluster
      .map((line) => line.trim().split(/\s+/)[0] ?? '')
      .find((pid) => parentOf(parentOf(pid)) === String(service.child.pid));
    process.kill(Number(mine), 'SIGKILL');
    await expect
      .poll(() => customer('DescribePurchaseStateInfo').catch((error: unknown) => String(error)), { timeout: 20_000 })
      .toMatchObject({ State: 0 });
    expect(service.stderr).toContain('PostgreSQL ended by itself; it is started again');
    expect(await stopped(service)).toMatchObject({ status: 0 });
  });
});

describe('the service on a PostgreSQL that is not its own', () => {
  it('works with its parts in several processes, and refuses one without the key of its secrets', async () => {
    const database = await emptyDatabase();
    const [home, jobsHome, strangerHome] = [newFolder(), newFolder(), newFolder()];
    const env = {
      WHARFINGER_TEST_CLOCK: '2026-03-01T00:00:00Z',
      WHARFINGER_MASTER_KEY_FILE: join(home, 'master.key'),
      DATABASE_URL: database.url('owner'),
      DATABASE_URL_APP: database.url('app'),
      DATABASE_URL_SYSTEM: database.url('system'),
    };
    const api = wharfinger(['serve', '--roles', 'api'], { ...env, WHARFINGER_HOME: home });
    const jobs = wharfinger(['serve', '--roles', 'jobs,scan'], { ...env, WHARFINGER_HOME: jobsHome });
    try {
      const [, url = ''] = await api.printed(/listens on (http\S+),/);
      await jobs.printed(/wharfinger works/);
      const customer = await newCustomer(home, url);
      expect(await customer('OpenTcssTrial')).toMatchObject({ EndTime: '2026-03-08 08:00:00' });
      // The trial's end is a job: it runs in the other process, under the role `system`.
      expect(await operator(home, 'AdvanceTestClock', { Duration: 'P8D' })).toMatchObject({ Fired: 5 });
      expect(await customer('DescribePurchaseStateInfo')).toMatchObject({ State: 1 });
      const stranger = wharfinger(['serve', '--roles', 'api'], {
        ...env,
        WHARFINGER_HOME: strangerHome,
        WHARFINGER_MASTER_KEY_FILE: join(strangerHome, 'master.key'),
      });
      expect(await stranger.ended()).toBe(2);
      expect(stranger.stderr).toMatch(/^wharfinger serve: WHARFINGER_MASTER_KEY_FILE: \S+ lacks the key [^\n]*\n$/);
    } finally {
      for (const service of [jobs, api]) service.signal('SIGTERM');
      expect([await jobs.ended(), await api.ended()]).toEqual([0, 0]);
      await database.remove();
    }
  });
});

describeWhen(isRoot ? undefined : 'needs-root:other-users', 'as an ordinary user', () => {
  const nobody = { uid: 65_534, gid: 65_534, cwd: '/' };
  let copy: { clone: string; node: string };
  beforeAll(() => {
    const folder = newFolder();
    chmodSync(folder, 0o755);
    copy = copyForEverybody(folder);
  });

  it('the service starts from a clone of that user, and tells who made a folder that root wants', async () => {
    const folder = newFolder();
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    chownSync(home, nobody.uid, nobody.gid);
    chmodSync(folder, 0o755);
    const service = await serving({ WHARFINGER_HOME: home, HOME: folder }, { ...nobody, ...copy });
    expect(await operator(home, 'DescribeAccounts', {})).toMatchObject({ List: [] });
    expect(existsSync(join(home, 'postgres/data'))).toBe(true);
    expect(await stopped(service)).toEqual({ status: 0, stderr: '' });

    const asRoot = wharfinger(['serve'], { WHARFINGER_HOME: home });
    expect(await asRoot.ended()).toBe(2);
    expect(asRoot.stderr).toMatch(
      /^wharfinger serve: WHARFINGER_HOME: the account with uid 65534 made the database in/,
    );
  });

  it('another user’s data folder is refused with one line', async () => {
    const folder = newFolder();
    chmodSync(folder, 0o755);
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    const service = wharfinger(['serve'], { WHARFINGER_HOME: home }, { ...nobody, ...copy });
    expect(await service.ended()).toBe(2);
    expect(service.stderr).toMatch(/^wharfinger serve: WHARFINGER_HOME: \S+ cannot be used: EACCES[^\n]*\n$/);
  });
});

/** What the service needs of the clone, where other users can read it; the packages are linked where they are reachable. */
function copyForEverybody(folder: string): { clone: string; node: string } {
  const target = join(folder, 'clone');
  for (const part of [
    'server/src',
    'server/migrations',
    'server/package.json',
    'scanner/src',
    'scanner/package.json',
  ]) {
    cpSync(join(clone, part), join(target, part), { recursive: true });
  }
  writeFileSync(join(target, 'package.json'), '{"type":"module"}');
  cpSync(join(clone, 'node_modules'), join(target, 'node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) =>
      !/node_modules\/(typescript|@typescript|@biomejs|@oxlint|oxlint|vitest|vite|rolldown|@rolldown|tencentcloud-sdk-nodejs|@cyclonedx|node-linux-[^/]*|\.cache)(\/|$)/.test(
        source,
      ),
  });
  const node = join(target, 'node');
  cpSync(process.execPath, node);
  spawnSync('chmod', ['-R', 'a+rX', target]);
  return { clone: target, node };
}
