import { describe, expect, it } from 'vitest';
import { LinkMap } from './link-map.ts';

function mapOf(links: Record<string, string>): LinkMap {
  const map = new LinkMap();
  for (const [path, target] of Object.entries(links)) map.set(path, target);
  return map;
}

describe('links', () => {
  it.each<[Record<string, string>, string, string | undefined]>([
    [{}, 'a/b', 'a/b'],
    [{ lib: 'usr/lib' }, 'lib/apk', 'usr/lib/apk'],
    [{ lib: '/usr/lib' }, 'lib/apk', 'usr/lib/apk'],
    [{ lib: 'usr/lib', 'usr/lib': 'lib64' }, 'lib/apk', 'usr/lib64/apk'],
    [{ 'var/lib/dpkg': '../../opt/dpkg' }, 'var/lib/dpkg/status', 'opt/dpkg/status'],
    [{ lib: '../../../etc' }, 'lib/x', 'etc/x'],
    [{ lib: './/usr/./lib/' }, 'lib/x', 'usr/lib/x'],
    [{ a: 'b', b: 'a' }, 'a/x', undefined],
    [{ a: 'a/a' }, 'a/x', undefined],
    [{ a: '.' }, 'a/x', 'x'],
  ])('%j lead from %s to %s', (links, path, expected) => {
    expect(mapOf(links).resolve(path)).toBe(expected);
  });

  it('are followed in the folder of a path, not at its end', () => {
    const links = mapOf({ lib: 'usr/lib', 'usr/lib/x': 'y' });
    expect(links.inFolder('lib/x')).toBe('usr/lib/x');
    expect(links.inFolder('lib')).toBe('lib');
    links.delete('lib');
    expect(links.inFolder('lib/x')).toBe('lib/x');
  });

  it('in a circle leave the path as it is', () => {
    expect(mapOf({ a: 'b', b: 'a' }).inFolder('a/x')).toBe('a/x');
  });

  it('that grow without end are given up', () => {
    expect(mapOf({ a: 'a/'.repeat(2000) }).resolve('a/x')).toBeUndefined();
  });
});
