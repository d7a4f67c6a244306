import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Layer, run } from './layer.ts';

/**
 * Programs as `go install` takes them (`path@version`), compiled for each platform (`GOOS/GOARCH`), in
 * `/opt/go/PLATFORM`.
 */
export function go(platforms: readonly string[], ...programs: string[]): Layer {
  return {
    recipe: { go: programs, platforms },
    tools: ['go'],
    async build(root) {
      const scratch = await mkdtemp(join(tmpdir(), 'wharfinger-bench-go-'));
      try {
        const modules = (await run('go', ['env', 'GOMODCACHE'])).trim();
        for (const platform of platforms) {
          const [system = '', processor = ''] = platform.split('/');
          // `go install` refuses a folder for programs of other platforms, but puts them below GOPATH.
          const path = join(scratch, `${system}-${processor}`);
          const target = { GOOS: system, GOARCH: processor, CGO_ENABLED: '0' };
          const env = { ...process.env, ...target, GOPATH: path, GOMODCACHE: modules, GOBIN: '', GOWORK: 'off' };
          for (const program of programs) await run('go', ['install', '-ldflags=-s -w', program], { env });
          const folder = join(root, 'opt/go', basename(path));
          await mkdir(folder, { recursive: true });
          for (const file of await readdir(join(path, 'bin'), { recursive: true, withFileTypes: true })) {
            if (file.isFile()) await copyFile(join(file.parentPath, file.name), join(folder, file.name));
          }
        }
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  };
}
