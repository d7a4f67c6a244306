import type { ImageSource } from '../model.ts';

/** `path` is absolute. An unpacked root file system: one layer, no configuration, and nothing that could be checked against a digest. */
export function openDirectory(target: string, path: string): ImageSource {
  return {
    kind: 'directory',
    target,
    imageId: '',
    digest: '',
    config: { architecture: '', os: 'linux', created: '', env: [], labels: {}, history: [], diffIds: [''] },
    layers: [{ digest: '', diffId: '', content: { type: 'folder', path } }],
    verified: false,
    close: async () => undefined,
  };
}
