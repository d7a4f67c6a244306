import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IgnoreFileError, parseIgnoreFile } from './ignore-file.ts';

describe('an ignore file', () => {
  it('is read as docs/ignore-file.md shows it', () => {
    const page = readFileSync(new URL('../../../docs/ignore-file.md', import.meta.url), 'utf8');
    const [, example = ''] = /```toml\n([^]*?)```/.exec(page) ?? [];
    expect(parseIgnoreFile(example, 'ignore.toml')).toEqual([
      {
        id: 'CVE-2021-3711',
        package: 'openssl',
        reason: 'The server speaks no SM2.',
        expires: Temporal.PlainDate.from('2027-01-31'),
        line: 1,
      },
      { id: 'github-token', path: 'usr/share/doc/**', reason: 'Examples of the documentation.', line: 7 },
    ]);
  });

  it.each([
    ['', []],
    ['# nothing yet\n', []],
    ['[[ignore]]\npath = "/srv/**"\nreason = "r"', [{ path: 'srv/**', reason: 'r', line: 1 }]],
    [
      '\n[[ ignore ]]\nid = "a"\nreason = "r"\nexpires = "2027-01-31"',
      [{ id: 'a', reason: 'r', expires: Temporal.PlainDate.from('2027-01-31'), line: 2 }],
    ],
    ['ignore = [{ id = "a", reason = "r" }]', [{ id: 'a', reason: 'r' }]],
    // Which of the two is the entry is not clear from the lines alone.
    ['[[ignore]]\nid = "a"\nreason = """\n[[ignore]]\n"""', [{ id: 'a', reason: '[[ignore]]' }]],
  ])('%j holds %j', (text, entries) => {
    expect(parseIgnoreFile(text, 'x')).toEqual(entries);
  });

  it.each([
    ['[[ignore]\n', 'x.toml:1: '],
    ['[[ignore]]\nid = "a"\nreason = r', 'x.toml:3: '],
    ['[[ignore]]\nid = "a"\n\n[[ignore]]\nid = "b"\nreason = "r"', 'x.toml:1: reason is missing'],
    ['[[ignore]]\nid = "b"\nreason = " "', 'x.toml:1: reason is empty'],
    ['\n\n[[ignore]]\nreason = "r"', 'x.toml:3: names neither id, package nor path'],
    ['[[ignore]]\nid = "a"\nreason = "r"\nuntil = 2027-01-01', 'x.toml:1: there is no until'],
    ['[[ignore]]\nid = 1\nreason = "r"', 'x.toml:1: id '],
    ['[[ignore]]\nid = "a"\nreason = "r"\nexpires = "soon"', 'x.toml:1: expires is no day such as 2027-01-31'],
    ['[[ignore]]\nid = "a"\nreason = "r"\nexpires = "2027-02-30"', 'x.toml:1: expires is no day such as 2027-01-31'],
    ['[[ignore]]\nid = "a"\nreason = "r"\nexpires = 7', 'x.toml:1: expires is no day such as 2027-01-31'],
    ['ignore = [1]', 'x.toml, entry 1: '],
    ['ignored = []', 'x.toml: there is no ignored'],
    ['ignore = "a"', 'x.toml: ignore '],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseIgnoreFile(text, 'x.toml')).toThrow(IgnoreFileError);
    expect(() => parseIgnoreFile(text, 'x.toml')).toThrow(message);
  });

  it('is entries, or an error of its own in one line, whatever it holds', () => {
    const word = fc.constantFrom(
      '[[ignore]]',
      'id',
      '=',
      '"a"',
      '\n',
      'reason',
      '[',
      ']',
      '{',
      '"',
      '2027-01-31',
      '.',
      '__proto__',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join('')),
        ),
        (text) => {
          try {
            expect(Array.isArray(parseIgnoreFile(text, 'x'))).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(IgnoreFileError);
            expect(String(error)).not.toContain('\n');
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
