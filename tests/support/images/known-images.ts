/** Images whose every package is known: real package metadata of old versions, written by us. */
import {
  type BuiltImage,
  buildImage,
  type ImageDescription,
  type LayerDescription,
} from '../../../server/src/service/demo/build-image.ts';
import {
  eicarTestString,
  fakeAwsKeyId,
  fakeGitHubToken,
  fakePrivateKey,
} from '../../../server/src/service/demo/planted-samples.ts';
import { goProgram } from './go-binary.ts';
import { alpineRoot, debianRoot, npmPackage, pythonEgg, pythonPackage } from './package-metadata.ts';

type Compression = LayerDescription['compression'];

/** Debian 11 of its first day. `telnet` was removed and is not to appear; `libssl1.1` is of the source `openssl`. */
export function oldDebianImage(compression: Compression = 'gzip'): BuiltImage {
  return image([
    {
      compression,
      entries: debianRoot('11', [
        { name: 'bash', version: '5.1-2+b3', source: 'bash (5.1-2)' },
        { name: 'curl', version: '7.74.0-1.3' },
        { name: 'libc6', version: '2.31-13', source: 'glibc' },
        { name: 'libssl1.1', version: '1.1.1k-1', source: 'openssl' },
        { name: 'openssl', version: '1.1.1k-1' },
        { name: 'policykit-1', version: '0.105-30' },
        { name: 'sudo', version: '1.9.5p2-3' },
        { name: 'telnet', version: '0.17-42', source: 'netkit-telnet', status: 'deinstall ok config-files' },
        { name: 'zlib1g', version: '1:1.2.11.dfsg-2', source: 'zlib' },
      ]),
    },
  ]);
}

/** Alpine 3.10 of its first days. */
export function oldAlpineImage(compression: Compression = 'gzip'): BuiltImage {
  return image([
    {
      compression,
      entries: alpineRoot('3.10.0', [
        { name: 'busybox', version: '1.30.1-r2' },
        { name: 'libcrypto1.1', version: '1.1.1c-r0', source: 'openssl' },
        { name: 'libssl1.1', version: '1.1.1c-r0', source: 'openssl' },
        { name: 'musl', version: '1.1.22-r2' },
        { name: 'sqlite-libs', version: '3.28.0-r0', source: 'sqlite' },
        { name: 'zlib', version: '1.2.11-r1' },
      ]),
    },
  ]);
}

/** Python packages of 2019 in all three forms of metadata, on a Debian without packages of its own. */
export function oldPythonImage(): BuiltImage {
  return image([
    { entries: debianRoot('11', []) },
    {
      entries: [
        ...pythonPackage('Django', '2.2.0'),
        ...pythonPackage('PyYAML', '5.1'),
        ...pythonPackage('six', '1.16.0'),
        ...pythonEgg('Jinja2', '2.10', 'file'),
        ...pythonEgg('urllib3', '1.24', 'folder'),
      ],
    },
  ]);
}

/** npm packages of 2017, one of them with a scope and one nested in another. */
export function oldNodeImage(): BuiltImage {
  return image([
    { entries: debianRoot('11', []) },
    {
      entries: [
        ...npmPackage('lodash', '4.17.4'),
        ...npmPackage('minimist', '0.0.8'),
        ...npmPackage('@angular/core', '11.0.4'),
        ...npmPackage('handlebars', '4.0.11'),
        ...npmPackage('minimist', '0.0.8', 'srv/shop/node_modules/handlebars'),
      ],
    },
  ]);
}

/** One Go program with old modules, on an image without a distribution. */
export function oldGoImage(): BuiltImage {
  return image([
    {
      entries: [
        goProgram('server', 'go1.18.1', { path: 'example.com/server', version: '(devel)' }, [
          { path: 'golang.org/x/text', version: 'v0.3.2' },
          { path: 'golang.org/x/crypto', version: 'v0.0.0-20190308221718-c2843e01d9a2' },
          { path: 'github.com/gin-gonic/gin', version: 'v1.6.0' },
        ]),
      ],
    },
  ]);
}

/** Secrets in a file, in a deleted file, in the environment and in the history, and the EICAR test file. No packages. */
export function plantedImage(): BuiltImage {
  return image(
    [
      { entries: debianRoot('11', []) },
      {
        entries: [
          { path: 'root/.ssh/id_rsa', content: fakePrivateKey(), mode: 0o600 },
          { path: 'app/.env', content: `# settings\nGITHUB_TOKEN=${fakeGitHubToken()}\n` },
          { path: 'app/uploads/eicar.com', content: eicarTestString() },
        ],
        createdBy: `RUN git clone https://${fakeGitHubToken()}@github.com/example/app /app`,
      },
      { entries: [{ path: 'app/.wh..env', content: '' }] },
    ],
    { env: [`AWS_ACCESS_KEY_ID=${fakeAwsKeyId()}`] },
  );
}

/** Nothing to report: packages that no advisory names, text that looks like nothing. */
export function cleanImage(): BuiltImage {
  return image([
    {
      entries: [
        ...debianRoot('11', [
          { name: 'base-files', version: '11.1+deb11u11' },
          { name: 'tzdata', version: '2099a-0+deb11u1', architecture: 'all' },
        ]),
        { path: 'srv/index.html', content: '<!doctype html><title>Hello</title>\n' },
      ],
    },
    { entries: [...pythonPackage('six', '1.16.0'), ...npmPackage('left-pad', '1.3.0')] },
  ]);
}

function image(layers: LayerDescription[], more: Omit<ImageDescription, 'layers'> = {}): BuiltImage {
  return buildImage({ layers, env: ['PATH=/usr/local/bin:/usr/bin:/bin'], ...more });
}
