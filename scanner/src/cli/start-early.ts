import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultBudget, mostCpuSeconds } from '../budget.ts';
import type { RiskClass, Scanner } from '../model.ts';
import { compressionOf } from '../reading/compression.ts';
import { createSandbox, type Sandbox } from '../sandbox/create-sandbox.ts';
import type { ScanArguments } from './parse-arguments.ts';

/** A child that gets ready to read an archive, and the archive that it was given. */
export interface EarlyStart {
  sandbox: Sandbox;
  /** Hands over the open file, once; undefined for any other path. */
  takeFile(path: string): number | undefined;
  close(): Promise<void>;
}

/**
 * Starts the child at once where it is plain what it will be given: an archive that is not compressed, and our own rules. With
 * a cache there may be nothing to read.
 */
export function startEarly(options: ScanArguments, cwd: string): EarlyStart | undefined {
  const { target, cacheDir, scanners, secretRules, malwareRules, malwareHashes } = options;
  if (cacheDir !== undefined || [secretRules, malwareRules, malwareHashes].some(({ length }) => length > 0)) {
    return undefined;
  }
  const path = resolve(cwd, target);
  let fd = openArchive(path);
  if (fd === undefined) return undefined;
  const sandbox = createSandbox();
  sandbox.prepare({
    riskClasses: ['vulnerabilities', ...scanners.filter(isRiskClass)],
    cpuSeconds: mostCpuSeconds(defaultBudget),
    fds: [fd],
  });
  return {
    sandbox,
    takeFile(wanted) {
      const taken = wanted === path ? fd : undefined;
      if (taken !== undefined) fd = undefined;
      return taken;
    },
    async close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
      await sandbox.close();
    },
  };
}

/** What cannot be opened, or read, is told of where it is opened in earnest. */
function openArchive(path: string): number | undefined {
  let fd: number | undefined;
  try {
    // A pipe would have us wait for its writer.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const head = Buffer.alloc(4);
    if (fstatSync(fd).isFile() && compressionOf(head.subarray(0, readSync(fd, head, 0, 4, 0))) === 'none') return fd;
  } catch {
    // As below.
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}

function isRiskClass(scanner: Scanner): scanner is RiskClass {
  return scanner !== 'packages';
}
