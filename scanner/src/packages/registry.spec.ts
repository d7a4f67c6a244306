import { describe, expect, it } from 'vitest';
import { extractors } from './registry.ts';

describe('the list of extractors', () => {
  it('has each under its own name', () => {
    expect([...extractors].map(([name, extractor]) => name === extractor.name)).not.toContain(false);
    expect([...extractors.keys()]).toEqual(['os-release', 'dpkg', 'apk', 'rpm', 'python', 'npm', 'go-binary']);
  });

  it.each([
    ['etc/os-release', 'os-release'],
    ['var/lib/dpkg/status', 'dpkg'],
    ['lib/apk/db/installed', 'apk'],
    ['usr/lib/sysimage/rpm/Packages.db', 'rpm'],
    ['usr/lib/python3/dist-packages/six.egg-info', 'python'],
    ['app/node_modules/a/package.json', 'npm'],
    ['usr/bin/tool', 'go-binary'],
    ['usr/share/doc/readme', undefined],
  ])('lets one of them read %s: %s', (path, name) => {
    const entry = { sizeBytes: 5000, mode: path.startsWith('usr/bin/') ? 0o755 : 0o644 };
    expect([...extractors.values()].find((extractor) => extractor.wants(path, entry))?.name).toBe(name);
  });
});
