/** Real names and versions, chosen for what is awkward in them: epochs, tildes, scopes, dots, local versions, long headers. */
import type { RpmFixture } from '../../src/packages/rpm/fixtures/build-databases.ts';
import type { Versions } from './manifests.ts';

export const debs: Versions = {
  apt: '2.6.1',
  bash: '5.2.15-2+b2',
  'g++-12': '12.2.0-14',
  libc6: '2.36-9+deb12u4',
  libssl3: '3.0.11-1~deb12u2',
  'linux-libc-dev': '6.1.76-1',
  perl: '5.36.0-7+deb12u1',
  'python3-yaml': '6.0-3+b2',
  'vim-tiny': '2:9.0.1378-2',
  zlib1g: '1:1.2.13.dfsg-1',
};
export const apks: Versions = {
  '.build-deps': '20240501.093012',
  'alpine-baselayout': '3.6.5-r0',
  busybox: '1.36.1-r29',
  libcrypto3: '3.3.2-r0',
  musl: '1.2.5-r0',
  'py3-yaml': '6.0.1-r3',
};
export const rpms: readonly RpmFixture[] = [
  { name: 'bash', version: '4.4.20', release: '4.el8_6', source: 'bash-4.4.20-4.el8_6.src.rpm' },
  { name: 'openssl-libs', version: '1.1.1k', release: '9.el8_7', epoch: 1, source: 'openssl-1.1.1k-9.el8_7.src.rpm' },
  { name: 'glibc-common', version: '2.28', release: '225.el8', padding: 9000 },
  {
    name: 'nodejs',
    version: '14.21.3',
    release: '1.module_el8.7.0+3550+2f3a2cf9',
    modularity: 'nodejs:14:8070020230306:bd1311ed',
  },
];
export const pythons: Versions = {
  Django: '4.2.0',
  pytz: '2023.3.post1',
  'ruamel.yaml': '0.17.21',
  torch: '2.0.0+cpu',
  'zope.interface': '6.0',
};
export const eggs: Versions = { PyGObject: '3.42.2', 'python-apt': '2.6.0' };
export const npms: Versions = {
  '@babel/core': '7.22.0',
  express: '4.18.0',
  'left-pad': '1.3.0',
  next: '13.4.0-canary.1',
};
export const gems: Versions = { nokogiri: '1.15.4', rack: '2.2.4', rails: '7.0.4.3' };
export const composers: Versions = {
  'monolog/monolog': '2.9.1',
  'symfony/http-kernel': '6.2.5',
  'twig/twig': 'v3.4.2',
};
export const nugets: Versions = { 'Newtonsoft.Json': '13.0.1', Serilog: '2.12.0', 'System.Text.Json': '7.0.2' };
export const crates: Versions = { 'openssl-sys': '0.9.87', serde: '1.0.160', tokio: '1.28.0' };
export const modules: Versions = {
  'github.com/docker/docker': 'v20.10.24+incompatible',
  'github.com/gin-gonic/gin': 'v1.9.0',
  'golang.org/x/net': 'v0.7.0',
  'k8s.io/api': 'v0.0.0-20230101000000-0123456789ab',
};
export const locked = {
  npm: { '@types/node': '18.16.0', lodash: '4.17.20' },
  yarn: { '@sentry/node': '7.50.0', debug: '4.3.4' },
  pnpm: { '@vue/shared': '3.3.0', vite: '4.3.0' },
  poetry: { aiohttp: '3.8.4', requests: '2.28.0' },
  gem: { sinatra: '3.0.6', puma: '6.2.2' },
  composer: { 'guzzlehttp/psr7': '2.4.4', 'laravel/framework': 'v10.8.0' },
  nuget: { Dapper: '2.0.123', NLog: '5.1.4' },
  cargo: { hyper: '0.14.26', rustls: '0.21.0' },
} satisfies Record<string, Versions>;
