/** The images of the demo: a neglected shop, and one in order. */
import { readFile } from 'node:fs/promises';
import { type BuiltImage, buildImage } from './build-image.ts';
import { eicarTestString, fakeAwsKeyId, fakeGitHubToken } from './planted-samples.ts';
import type { TarEntry } from './tar-archive.ts';

/**
 * An image as it is found in the wild: Debian 11 of its first day, old Python and npm packages, a token that a later
 * layer deletes, a key in the environment and a file (the harmless EICAR) that anti-virus programs know.
 */
export async function neglectedShop(): Promise<BuiltImage> {
  return buildImage({
    env: ['PATH=/usr/local/bin:/usr/bin:/bin', `AWS_ACCESS_KEY_ID=${fakeAwsKeyId()}`],
    labels: { 'org.opencontainers.image.title': 'shop' },
    layers: [
      { entries: await debian('shop-dpkg-status'), createdBy: 'ADD rootfs.tar /' },
      {
        entries: [
          ...pythonPackage('Django', '2.2.4'),
          ...pythonPackage('PyYAML', '5.1'),
          ...pythonPackage('requests', '2.19.1'),
          ...pythonPackage('six', '1.16.0'),
          ...pythonPackage('urllib3', '1.24.1'),
        ],
        createdBy: 'RUN pip install -r requirements.txt',
      },
      {
        entries: [
          { path: 'srv/shop/server.js', content: "require('express')().listen(8080);\n" },
          ...npmPackage('express', '4.17.1'),
          ...npmPackage('handlebars', '4.0.11'),
          ...npmPackage('lodash', '4.17.4'),
          ...npmPackage('minimist', '0.0.8'),
        ],
        createdBy: 'RUN npm ci',
      },
      {
        entries: [
          { path: 'srv/shop/.env', content: `GITHUB_TOKEN=${fakeGitHubToken()}\n` },
          { path: 'srv/shop/uploads/invoice.com', content: eicarTestString() },
        ],
        createdBy: 'COPY . /srv/shop',
      },
      { entries: [{ path: 'srv/shop/.wh..env', content: '' }], createdBy: 'RUN rm .env' },
    ],
  });
}

/** An image with nothing to report. */
export async function imageInOrder(): Promise<BuiltImage> {
  return buildImage({
    env: ['PATH=/usr/local/bin:/usr/bin:/bin'],
    layers: [
      { entries: await debian('clean-dpkg-status'), createdBy: 'ADD rootfs.tar /' },
      { entries: pythonPackage('six', '1.16.0'), createdBy: 'RUN pip install six' },
    ],
  });
}

async function debian(status: string): Promise<TarEntry[]> {
  return [
    { path: 'etc', folder: true },
    { path: 'etc/os-release', target: '../usr/lib/os-release' },
    { path: 'usr/lib/os-release', content: await fixture('debian-11-os-release') },
    { path: 'var/lib/dpkg/status', content: await fixture(status) },
  ];
}

function fixture(name: string): Promise<string> {
  return readFile(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

/** What pip leaves of a package, as far as it tells what is installed. Source: PEP 376, PEP 566. */
export function pythonPackage(name: string, version: string): TarEntry[] {
  const folder = `usr/local/lib/python3.9/site-packages/${name}-${version}.dist-info`;
  return [
    { path: `${folder}/METADATA`, content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n` },
    { path: `${folder}/INSTALLER`, content: 'pip\n' },
  ];
}

/** What npm leaves of a package, as far as it tells what is installed. */
export function npmPackage(name: string, version: string, root = 'srv/shop'): TarEntry[] {
  const manifest = { name, version, main: 'index.js' };
  return [
    { path: `${root}/node_modules/${name}/package.json`, content: `${JSON.stringify(manifest, undefined, 2)}\n` },
    { path: `${root}/node_modules/${name}/index.js`, content: 'module.exports = {};\n' },
  ];
}
