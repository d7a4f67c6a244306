import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stanzas } from './stanzas.ts';

function read(text: string, ignoreCase = true): Record<string, string>[] {
  return [...stanzas(Buffer.from(text), ['Name', 'Version'], { ignoreCase })].map((stanza) =>
    Object.fromEntries(stanza),
  );
}

describe('paragraphs of fields', () => {
  it.each([
    ['two', 'Name: a\nVersion: 1\n\nName: b\n', [{ Name: 'a', Version: '1' }, { Name: 'b' }]],
    ['none', '\n\n', []],
    ['one without any of the fields', 'Other: x\n', [{}]],
    ['folded lines', 'Name: a\n b\n\tc\nVersion: 1\n', [{ Name: 'a b c', Version: '1' }]],
    ['folded lines of another field', 'Other: x\n Name: no\nName: a\n', [{ Name: 'a' }]],
    ['folded lines of a repeated field', 'Name: a\nName: b\n c\n', [{ Name: 'a' }]],
    ['a folded line at first', ' x\nName: a\n', [{ Name: 'a' }]],
    ['names that begin alike', 'Names: x\nNam: y\nName: a\n', [{ Name: 'a' }]],
    ['spaces before the colon', 'Name \t: a\n', [{ Name: 'a' }]],
    ['no colon', 'Name a\nVersion\n', [{}]],
    ['colons in values', 'Name: a:b: c\n', [{ Name: 'a:b: c' }]],
    ['a byte order mark', '\ufeffName: a\n', [{ Name: 'a' }]],
    ['line ends of Windows', 'Name: a\r\n\r\nName: b\r\n', [{ Name: 'a' }, { Name: 'b' }]],
  ])('%s', (_what, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('take the case of names as told', () => {
    expect(read('NAME: a\n')).toEqual([{ Name: 'a' }]);
    expect(read('NAME: a\nName: b\n', false)).toEqual([{ Name: 'b' }]);
  });

  it('cut values that are far too long, folded or not', () => {
    const [long] = read(`Name: ${'a'.repeat(1e6)}\nVersion: 1\n${' x\n'.repeat(100_000)}`);
    expect(long?.['Name']?.length).toBeLessThanOrEqual(4096);
    expect(long?.['Name']).toMatch(/^a{4000}/);
    expect(long?.['Version']?.length).toBeLessThan(4200);
  });

  it('give back what was written, whatever the order', () => {
    const word = fc.stringMatching(/^[\w.:+~-]{1,20}$/);
    const stanza = fc.record({ Name: word, Version: word, Other: word });
    fc.assert(
      fc.property(fc.array(stanza, { maxLength: 5 }), fc.boolean(), (written, last) => {
        const text = written.map((fields) => {
          const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
          return (last ? lines.reverse() : lines).join('\n');
        });
        const expected = written.map(({ Name, Version }) => ({ Name, Version }));
        expect(read(text.join('\n\n'))).toEqual(expected);
      }),
    );
  });
});
