import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenges.ts';
import { choosePlatform } from './choose-platform.ts';
import { listPages, type Page } from './list-pages.ts';
import { isDigest, isRepository, isTag } from './names.ts';
import { parseRegistryAddress } from './registry-address.ts';
import { parseRetryAfter } from './retry-after.ts';

describe('the address of a registry', () => {
  it.each([
    ['registry.example.com', 'https://registry.example.com', false],
    ['registry.example.com:5000/', 'https://registry.example.com:5000', false],
    ['https://registry.example.com', 'https://registry.example.com', false],
    ['http://127.0.0.1:5000', 'http://127.0.0.1:5000', true],
    ['HTTP://Example.com', 'http://example.com', true],
    ['https://example.com/artifactory/api/docker/local/', 'https://example.com/artifactory/api/docker/local', false],
    ['https://example.com/v2/', 'https://example.com', false],
    ['[::1]:5000', 'https://[::1]:5000', false],
  ])('%s is %s', (text, base, plainHttp) => {
    expect(parseRegistryAddress(text)).toMatchObject({ base, plainHttp });
  });

  it.each([
    '',
    'ftp://example.com',
    'https://',
    'a b',
    'https://example.com/?x=1',
    'https://example.com/#x',
    'file:///etc',
  ])('%j is none', (text) => expect(() => parseRegistryAddress(text)).toThrow());

  it('does not repeat a password that was written into it', () => {
    expect(() => parseRegistryAddress('https://me:hunter2@example.com')).toThrow(
      /^(?!.*hunter2).*user name or password/,
    );
  });
});

describe('challenges', () => {
  it.each([
    ['Basic realm="r"', [['basic', { realm: 'r' }]]],
    [
      'Bearer realm="https://a/t",service="s",scope="repository:x:pull,push"',
      [['bearer', { realm: 'https://a/t', service: 's', scope: 'repository:x:pull,push' }]],
    ],
    [
      'bearer REALM=token , Service = "a \\"b\\"", Basic realm="r"',
      [
        ['bearer', { realm: 'token', service: 'a "b"' }],
        ['basic', { realm: 'r' }],
      ],
    ],
    [
      'Basic, Bearer realm="x"',
      [
        ['basic', {}],
        ['bearer', { realm: 'x' }],
      ],
    ],
    ['Basic realm=""', [['basic', { realm: '' }]]],
    ['Negotiate', [['negotiate', {}]]],
    ['Bearer realm="never ends', []],
    ['', []],
    [undefined, []],
  ] as const)('%j', (header, expected) => {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
    expect(found).toEqual(expected);
  });

  it('are read to an end, whatever is sent', () => {
    fc.assert(fc.property(fc.string(), (header) => parseChallenges(header).length <= 8));
    expect(parseChallenges(`Bearer ${'a="\\"'.repeat(100_000)}`).length).toBeLessThanOrEqual(8);
    expect(parseChallenges(`${' ,'.repeat(200_000)}=`)).toEqual([]);
  });
});

describe('Retry-After', () => {
  const now = Temporal.Instant.from('2026-03-01T00:00:00Z');
  it.each([
    ['3', 3000],
    ['0', 0],
    ['Sun, 01 Mar 2026 00:01:00 GMT', 60_000],
    ['Sat, 28 Feb 2026 00:01:00 GMT', 0],
    ['Sun, 99 Mar 2026 00:01:00 GMT', undefined],
    ['soon', undefined],
    ['-1', undefined],
    [undefined, undefined],
  ])('%j is %j ms', (header, expected) => expect(parseRetryAfter(header, now)).toBe(expected));
});

describe('names', () => {
  it.each([
    [isRepository, 'library/alpine', true],
    [isRepository, 'a', true],
    [isRepository, 'a.b_c__d---e/f', true],
    [isRepository, 'A', false],
    [isRepository, '../etc', false],
    [isRepository, 'a/../b', false],
    [isRepository, 'a//b', false],
    [isRepository, 'a?x', false],
    [isRepository, `a${'b'.repeat(255)}`, false],
    [isTag, 'v1.0_x-Y', true],
    [isTag, '.x', false],
    [isTag, 'a/b', false],
    [isTag, 'a'.repeat(129), false],
    [isDigest, `sha256:${'0'.repeat(64)}`, true],
    [isDigest, `sha256:${'0'.repeat(63)}`, false],
    [isDigest, `md5:${'0'.repeat(64)}`, false],
  ] as const)('%s of %s is %s', (test, text, expected) => expect(test(text)).toBe(expected));

  it('are judged, whatever they are', () => {
    expect(isRepository('a-'.repeat(127))).toBe(false);
    expect(isRepository('a'.repeat(254).concat('!'))).toBe(false);
    fc.assert(fc.property(fc.string({ maxLength: 255 }), (text) => typeof isRepository(text) === 'boolean'));
  });
});

describe('the platform that is taken', () => {
  const index = (...platforms: (string | undefined)[]) => ({
    mediaType: '',
    manifests: platforms.map((text, at) => {
      const [os = '', architecture = '', variant = ''] = text?.split('/') ?? [];
      return {
        mediaType: '',
        size: 1,
        digest: String(at),
        platform: text === undefined ? undefined : { os, architecture, variant },
      };
    }),
  });
  it.each([
    [['linux/arm64', 'linux/amd64'], undefined, '1'],
    [['linux/arm/v6', 'linux/arm/v7'], 'linux/arm/v7', '1'],
    [['linux/arm/v6', 'linux/arm/v7'], 'linux/arm', '0'],
    [['windows/amd64', 'linux/s390x'], undefined, '1'],
    [['windows/amd64'], undefined, '0'],
    [['windows/amd64'], 'linux/amd64', undefined],
    [['unknown/unknown', 'linux/amd64'], undefined, '1'],
    [['unknown/unknown'], undefined, undefined],
    [[undefined], undefined, '0'],
    [[], undefined, undefined],
  ] as const)('of %j for %j is %j', (platforms, wanted, expected) => {
    expect(choosePlatform(index(...platforms), wanted)?.digest).toBe(expected);
  });
});

describe('lists in pages', () => {
  const collect = async (pages: Record<string, Page>, limits = { pageSize: 2, mostNames: 100 }) => {
    const asked: string[] = [];
    const names: string[] = [];
    const read = async (query: string) => {
      asked.push(query);
      return pages[query] ?? { names: [], link: undefined };
    };
    for await (const name of listPages(read, limits)) names.push(name);
    return { names, asked };
  };

  it('follow the link, of which only the query counts', async () => {
    expect(
      await collect({
        '?n=2': { names: ['a', 'b'], link: '<https://elsewhere.example/x?n=2&last=b&t=1>; rel="next"' },
        '?n=2&last=b&t=1': { names: ['c'], link: undefined },
      }),
    ).toEqual({ names: ['a', 'b', 'c'], asked: ['?n=2', '?n=2&last=b&t=1'] });
  });

  it('ask on after the last name where a full page has no link', async () => {
    expect(
      await collect({
        '?n=2': { names: ['a', 'b'], link: undefined },
        '?n=2&last=b': { names: ['c'], link: undefined },
      }),
    ).toEqual({ names: ['a', 'b', 'c'], asked: ['?n=2', '?n=2&last=b'] });
  });

  it('end where the registry knows no paging', async () => {
    const all = { names: ['a', 'b', 'c'], link: undefined };
    expect(await collect({ '?n=2': all, '?n=2&last=c': all })).toEqual({
      names: ['a', 'b', 'c'],
      asked: ['?n=2', '?n=2&last=c'],
    });
  });

  it('end where a link leads in a circle', async () => {
    const link = '</v2/_catalog?n=2&last=a>; rel="next"';
    expect((await collect({ '?n=2': { names: ['a'], link }, '?n=2&last=a': { names: ['a'], link } })).names).toEqual([
      'a',
    ]);
  });

  it('end with an error where there is no end', async () => {
    let page = 0;
    const endless = async () => {
      page++;
      return { names: [`a${page}`, `b${page}`], link: `<?page=${page}>; rel="next"` };
    };
    await expect(async () => {
      for await (const _ of listPages(endless, { pageSize: 2, mostNames: 50 }));
    }).rejects.toThrow('more than 50 names');
    const empty = async () => ({ names: [], link: `<?page=${page++}>; rel="next"` });
    for await (const name of listPages(empty, { pageSize: 2, mostNames: 50 })) expect(name).toBe('never');
  });
});
