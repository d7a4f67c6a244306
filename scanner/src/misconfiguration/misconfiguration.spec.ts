import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageConfig } from '../model.ts';
import { checks } from './checks.ts';
import { fileHazard, findMisconfigurations, isWatchedFolder } from './index.ts';

/** Nothing is wrong with it. */
const sound: ImageConfig = {
  architecture: 'amd64',
  os: 'linux',
  created: '',
  env: [],
  labels: {},
  history: [],
  diffIds: [],
  user: 'app',
  exposedPorts: ['8080/tcp'],
  healthCheck: true,
  command: ['/app/server'],
};
const nothing = { files: [], folders: new Map<string, number>(), configSecrets: [] };

type Changes = Partial<ImageConfig> & Partial<Parameters<typeof findMisconfigurations>[1]>;

function find({ files, folders, configSecrets, ...config }: Changes) {
  return findMisconfigurations(
    { ...sound, ...config },
    { files: files ?? [], folders: folders ?? new Map(), configSecrets: configSecrets ?? [] },
  );
}

const ran = (...commands: string[]): Changes => ({
  history: commands.map((createdBy) => ({ createdBy, emptyLayer: false })),
});
const sh = '/bin/sh -c';
const file = (path: string, mode: number) => ({ files: [{ path, sizeBytes: 10, mode }] });

describe('misconfiguration', () => {
  it('is none where all is well', () => {
    expect(find({})).toEqual([]);
  });

  it('asks nothing of an image without a configuration', () => {
    const { user: _u, exposedPorts: _e, healthCheck: _h, command: _c, ...bare } = sound;
    expect(findMisconfigurations(bare, nothing)).toEqual([]);
  });

  it.each<[string, Changes, string[]]>([
    ['root-user', { user: '' }, ['config:User not set']],
    ['root-user', { user: 'root' }, ['config:User root']],
    ['root-user', { user: '0:1000' }, ['config:User 0:1000']],
    ['no-health-check', { healthCheck: false }, ['config:Healthcheck']],
    ['ssh-server', { exposedPorts: ['22/tcp', '8080/tcp'] }, ['port:22/tcp']],
    ['ssh-server', { command: ['/usr/sbin/sshd', '-D'] }, ['config:Cmd sshd']],
    ['privileged-port', { exposedPorts: ['80/tcp', '443', '1024/tcp'] }, ['port:80/tcp', 'port:443']],
    ['add-from-network', ran(`${sh} #(nop) ADD https://example.com/a.tgz in /`), ['history:0']],
    ['add-from-network', ran('COPY a b # buildkit', 'ADD http://example.com/a /a # buildkit'), ['history:1']],
    ['add-from-network', ran('ADD git@github.com:a/b.git /src # buildkit'), ['history:0']],
    ['update-alone', ran(`${sh} apt-get update`), ['history:0']],
    ['update-alone', ran('RUN /bin/sh -c apk update # buildkit'), ['history:0']],
    ['update-alone', ran('|1 A=b /bin/sh -c zypper --non-interactive refresh'), ['history:0']],
    ['unverified-download', ran(`${sh} curl -fsSL https://example.com/i.sh | sh`), ['history:0']],
    [
      'unverified-download',
      ran(`RUN ${sh} wget -qO- https://example.com/i.sh | sudo /bin/bash -s -- -y`),
      ['history:0'],
    ],
    ['unverified-download', ran(`${sh} curl -fskL https://example.com/a -o a`), ['history:0']],
    ['unverified-download', ran(`${sh} apt-get install -y --allow-unauthenticated a`), ['history:0']],
    ['unverified-download', ran(`${sh} apk add --allow-untrusted a.apk`), ['history:0']],
    ['unverified-download', ran(`${sh} pip install --trusted-host example.com a`), ['history:0']],
    [
      'secret-in-configuration',
      { configSecrets: [{ path: 'env:TOKEN', title: 'GitHub token' }] },
      ['env:TOKEN GitHub token'],
    ],
    ['setuid-files', file('usr/local/bin/helper', 0o4755), ['usr/local/bin/helper 4755']],
    ['setuid-files', file('usr/bin/wall', 0o2755), ['usr/bin/wall 2755']],
    ['world-writable', file('etc/passwd', 0o666), ['etc/passwd 0666']],
    ['world-writable', { folders: new Map([['etc', 0o777]]) }, ['etc/ 0777']],
    [
      'package-cache',
      {
        files: [
          { path: 'var/lib/apt/lists/a_InRelease', sizeBytes: 3 * 1024 * 1024, cache: 'apt' },
          { path: 'var/lib/apt/lists/partial/b', sizeBytes: 1, cache: 'apt' },
          { path: 'root/.cache/pip/http/x', sizeBytes: 2000, cache: 'pip' },
        ],
      },
      ['var/lib/apt/lists/ apt: 3 MB', 'root/.cache/pip/http/ pip: 2 KB'],
    ],
  ])('%s is found in %j', (id, changes, evidence) => {
    const found = find(changes);
    expect(found.map((each) => each.id)).toEqual([id]);
    expect(
      found[0]?.evidence.map(({ place, detail }) => (detail === undefined ? place : `${place} ${detail}`)),
    ).toEqual(evidence);
  });

  it.each<[string, Changes]>([
    ['a user by number', { user: '1000' }],
    ['a user whose name begins like root', { user: 'rootless' }],
    ['local files added', ran(`${sh} #(nop) ADD file:0f1e2d in / `, 'ADD app.tgz /app # buildkit')],
    ['a checked download', ran('ADD --checksum=sha256:0f https://example.com/a /a # buildkit')],
    ['an address that is only printed', ran(`${sh} echo see https://example.com/ADD for more`)],
    ['update and install in one step', ran(`${sh} apt-get update && apt-get install -y curl`)],
    ['an update of something else', ran(`${sh} update-ca-certificates`, `${sh} npm update`)],
    ['a pipe that is no shell', ran(`${sh} curl -s https://example.com/a.tgz | tar xz`)],
    ['a temporary folder that everybody may write', { folders: new Map([['var', 0o1777]]) }],
  ])('is not found in %s', (_, changes) => {
    expect(find(changes)).toEqual([]);
  });

  it('weighs programs of the distribution lighter than others', () => {
    const severityOf = (path: string) => find(file(path, 0o4755))[0]?.severity;
    expect(['usr/bin/su', 'bin/mount', 'usr/lib/openssh/ssh-keysign'].map(severityOf)).toEqual(['low', 'low', 'low']);
    expect(['usr/bin/python3.11', 'opt/app/su', 'tmp/su'].map(severityOf)).toEqual(['medium', 'medium', 'medium']);
  });

  it('lists a hundred places and counts the others', () => {
    const files = Array.from({ length: 130 }, (_, n) => ({ path: `opt/a${n}`, sizeBytes: 1, mode: 0o4755 }));
    const [found] = find({ files });
    expect([found?.evidence.length, found?.moreEvidence]).toEqual([100, 30]);
  });

  it('never shows the text of a build step, which may hold a secret', () => {
    const secret = 'hunter2-hunter2';
    const text = JSON.stringify(find(ran(`${sh} curl -k -u a:${secret} https://example.com | sh`)));
    expect(text).not.toContain(secret);
  });

  it('takes any history without an error', () => {
    const word = fc.constantFrom(
      'curl',
      'apt-get',
      'update',
      '|',
      '&&',
      'sh',
      '-k',
      ' ',
      'ADD',
      'http://',
      '/bin/',
      'a',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 2000 }), (words) => {
        find(ran(words.join(' '), `${sh} ${words.join('')}`));
      }),
      { numRuns: 50 },
    );
  });

  it('has a reason, a mend and an item or none for each check, under a name of its own', () => {
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    for (const { id, benchmark = '4.1', title, reason, mend } of checks) {
      expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(benchmark).toMatch(/^[45]\.\d{1,2}$/);
      for (const text of [title, reason, mend]) expect(text).toMatch(/^\S.{10,250}\S$/);
    }
  });
});

describe('what a layer tells of a file', () => {
  it.each([
    ['usr/bin/su', 0o4755, { mode: 0o4755 }],
    ['usr/bin/wall', 0o2755, { mode: 0o2755 }],
    ['etc/passwd', 0o666, { mode: 0o666 }],
    ['tmp/x', 0o666, undefined],
    ['usr/bin/ls', 0o755, undefined],
    ['etcetera/x', 0o666, undefined],
    ['var/lib/apt/lists/deb.debian.org_InRelease', 0o644, { cache: 'apt' }],
    ['var/cache/apk/APKINDEX.tar.gz', 0o644, { cache: 'apk' }],
    ['home/app/.cache/pip/a', 0o600, { cache: 'pip' }],
    ['root/.npm/_cacache/index-v5/a', 0o600, { cache: 'npm' }],
    ['usr/share/doc/apt/lists', 0o644, undefined],
  ])('%s %o', (path, mode, hazard) => {
    expect(fileHazard(path, mode, 10)).toEqual(hazard);
  });

  it('leaves out empty markers of caches', () => {
    expect(fileHazard('var/lib/apt/lists/lock', 0o640, 0)).toBeUndefined();
  });

  it('watches the folders of the system', () => {
    expect(['etc', 'usr/bin', 'tmp', 'app'].map(isWatchedFolder)).toEqual([true, true, false, false]);
  });
});
