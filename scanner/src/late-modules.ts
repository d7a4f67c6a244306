/**
 * Modules of Node that many scans do without: `import` would load them, and all that they export, before the first byte is
 * read; `node:crypto` alone takes as long as reading two thousand files.
 */
import type * as NodeCrypto from 'node:crypto';
import type * as NodeZlib from 'node:zlib';

export function lateCrypto(): typeof NodeCrypto {
  return process.getBuiltinModule('node:crypto');
}

export function lateZlib(): typeof NodeZlib {
  return process.getBuiltinModule('node:zlib');
}
