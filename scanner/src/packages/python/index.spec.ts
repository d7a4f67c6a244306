import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackageUnreadable } from '../extractor.ts';
import { byteSource } from '../fixtures/byte-source.ts';
import { hostileBytes } from '../fixtures/hostile-bytes.ts';
import { python } from './index.ts';

const metadata = [
  'Metadata-Version: 2.1',
  'Name: Flask_Login',
  'Version: 0.6.3',
  'Summary: a summary',
  'Classifier: Development Status :: 5',
  'Description: text that goes on',
  '        Version: 9.9',
  '',
  'Name: not-me',
  'Version: 1.0',
  '',
].join('\n');

function read(content: string | Uint8Array): string[] {
  return python.extract('x', byteSource(content)).packages.map(({ name, version }) => `${name} ${version}`);
}

describe('Python distributions', () => {
  it('are told of by the first paragraph of their metadata', () => {
    expect(python.extract('x', byteSource(metadata)).packages).toEqual([
      { kind: 'pypi', name: 'Flask_Login', version: '0.6.3' },
    ]);
  });

  it.each([
    ['usr/lib/python3/dist-packages/six-1.16.0.egg-info', 100, true],
    ['usr/lib/python3/dist-packages/six-1.16.0.egg-info/PKG-INFO', 100, true],
    ['usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA', 100, true],
    ['opt/six-1.16.0-py3.9.egg/EGG-INFO/PKG-INFO', 100, true],
    ['usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA', 0, false],
    ['usr/lib/python3/dist-packages/six-1.16.0.dist-info/RECORD', 100, false],
    ['usr/lib/python3/dist-packages/six-1.16.0.egg-info/top_level.txt', 100, false],
    ['src/six/PKG-INFO', 100, false],
    ['METADATA', 100, false],
  ])('%s of %d bytes: %s', (path, sizeBytes, wanted) => {
    expect(python.wants(path, { sizeBytes, mode: 0o644 })).toBe(wanted);
  });

  it.each([
    ['line ends of Windows', metadata.replaceAll('\n', '\r\n'), ['Flask_Login 0.6.3']],
    ['a byte order mark', `\ufeff${metadata}`, ['Flask_Login 0.6.3']],
    ['empty lines before', `\n\n${metadata}`, ['Flask_Login 0.6.3']],
    ['fields in another case', 'name: a\nVERSION: 1\n', ['a 1']],
    ['a folded name', 'Name: a\n b\nVersion: 1\n', ['a b 1']],
    ['a value that stands in the next line', 'Name:\n a\nVersion:\n\t1\n', ['a 1']],
    ['bytes that are not UTF-8', Buffer.from('Name: caf\xe9\nVersion: 1\n', 'latin1'), ['caf\ufffd 1']],
    ['a version after much else', `Name: a\n${'Classifier: x\n'.repeat(5000)}Version: 1.2.3\n`, ['a 1.2.3']],
    ['a name with control characters', 'Name: a\u0007\nVersion: 1\n', []],
  ])('with %s', (_what, content, expected) => {
    expect(read(content)).toEqual(expected);
  });

  it('are not told half a version where the head of a long file ends', () => {
    const start = 'Name: a\n';
    const filling = `X: ${'x'.repeat(16 * 1024 - start.length - 'X: \nVersion: 1.'.length)}\n`;
    expect(read(`${start}${filling}Version: 1.2.3\n${'Classifier: x\n'.repeat(3)}`)).toEqual(['a 1.2.3']);
  });

  it.each([
    ['no version', 'Metadata-Version: 2.1\nName: a\n'],
    ['no name', 'Version: 1\n'],
    ['an empty version', 'Name: a\nVersion:\nSummary: x\n'],
    ['both in the description only', 'Metadata-Version: 2.1\n\nName: a\nVersion: 1\n'],
    ['no fields', 'hello\n'],
    ['nothing but NUL', '\0'.repeat(100)],
    ['a version beyond the largest head', `Name: a\n${'Classifier: x\n'.repeat(90_000)}Version: 1\n`],
  ])('with %s cannot be read', (_what, content) => {
    expect(() => read(content)).toThrow(PackageUnreadable);
  });

  it('never stop a scan', () => {
    fc.assert(
      fc.property(hostileBytes([Buffer.from(metadata)]), (bytes) => {
        try {
          for (const found of python.extract('x', byteSource(bytes)).packages) expect(found.name).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(PackageUnreadable);
        }
      }),
    );
  });
});
