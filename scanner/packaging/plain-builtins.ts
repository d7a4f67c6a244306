import type { Plugin } from 'rolldown';

const prefix = '\0plain:';

/**
 * Takes Node's own modules as they are. An `import` of one makes Node read everything that the module exports, for the sake
 * of who may change it later: of `node:fs` that loads its streams too, of `node:crypto` all of Web Crypto.
 */
export function plainBuiltins(): Plugin {
  return {
    name: 'plain-builtins',
    // What the bundler itself imports, it imports before any module runs.
    resolveId: (id, importer) =>
      id.startsWith('node:') && importer?.startsWith('\0') !== true ? prefix + id : undefined,
    load: (id) =>
      id.startsWith(prefix)
        ? `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(prefix.length))});`
        : undefined,
  };
}
