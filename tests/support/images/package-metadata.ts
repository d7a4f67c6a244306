/** What package managers leave of a package: the files that tell what is installed, in their own formats. */
import type { TarEntry } from '../../../server/src/service/demo/tar-archive.ts';

export { npmPackage, pythonPackage } from '../../../server/src/service/demo/demo-images.ts';

export interface DistributionPackage {
  name: string;
  version: string;
  /** Name, and version where it differs, of the source package: as in `Source: glibc (2.31-13)`. */
  source?: string;
  architecture?: string;
  /** `install ok installed` unless told. */
  status?: string;
}

/** Debian: os-release of a release and the database of dpkg. */
export function debianRoot(release: '10' | '11' | '12', packages: readonly DistributionPackage[]): TarEntry[] {
  const codename = { '10': 'buster', '11': 'bullseye', '12': 'bookworm' }[release];
  const stanzas = packages.map(({ name, version, source, architecture = 'amd64', status = 'install ok installed' }) =>
    [
      `Package: ${name}`,
      `Status: ${status}`,
      `Architecture: ${architecture}`,
      ...(source === undefined ? [] : [`Source: ${source}`]),
      `Version: ${version}`,
      `Description: ${name} of Debian`,
      ' .',
      ' Version: 0 (a line of the description, not a field)',
      '',
    ].join('\n'),
  );
  return [
    { path: 'etc', folder: true },
    { path: 'etc/os-release', target: '../usr/lib/os-release' },
    {
      path: 'usr/lib/os-release',
      content: `PRETTY_NAME="Debian GNU/Linux ${release} (${codename})"\nVERSION_ID="${release}"\nVERSION_CODENAME=${codename}\nID=debian\n`,
    },
    { path: 'var/lib/dpkg/status', content: stanzas.join('\n') },
  ];
}

/** Alpine: os-release of a release and the database of apk. */
export function alpineRoot(
  release: `${number}.${number}.${number}`,
  packages: readonly DistributionPackage[],
): TarEntry[] {
  const stanzas = packages.map(({ name, version, source = name, architecture = 'x86_64' }) =>
    [
      'C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
      `P:${name}`,
      `V:${version}`,
      `A:${architecture}`,
      `o:${source}`,
      'F:usr/bin',
      `R:${name}`,
      '',
    ].join('\n'),
  );
  return [
    {
      path: 'etc/os-release',
      content: `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${release}\nPRETTY_NAME="Alpine Linux v${release.split('.', 2).join('.')}"\n`,
    },
    { path: 'lib/apk/db/installed', content: `${stanzas.join('\n')}\n` },
  ];
}

/** setuptools' older form: one file, or a folder with `PKG-INFO` in it. */
export function pythonEgg(name: string, version: string, form: 'file' | 'folder'): TarEntry[] {
  const path = `usr/lib/python3/dist-packages/${name}-${version}.egg-info`;
  const content = `Metadata-Version: 1.1\nName: ${name}\nVersion: ${version}\nSummary: UNKNOWN\n`;
  return [{ path: form === 'file' ? path : `${path}/PKG-INFO`, content }];
}
