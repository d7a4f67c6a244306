import type { Random } from './random.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const values: readonly [Json, ...Json[]] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  '',
  '0',
  ' ',
  '\0',
  '\ud800',
  '\u2028',
  '../../etc/passwd',
  'a'.repeat(1025),
  '\u00e9'.repeat(300),
  [],
  {},
  [null],
  [[]],
  [{}],
  { '': '' },
  { name: 'a', version: '1' },
];
const names = [
  '',
  '__proto__',
  'constructor',
  'toString',
  'length',
  'name',
  'version',
  'packages',
  '0',
  '\0',
  'node_modules/a',
  'a'.repeat(1025),
] as const;

/** The same document with something in it that its writer would not write; undefined where it is none. */
export function mutateJson(input: Buffer, random: Random): Buffer | undefined {
  let document: Json;
  try {
    document = JSON.parse(input.toString('utf8'));
  } catch {
    return undefined;
  }
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1) document = change(document, random);
  return Buffer.from(JSON.stringify(document));
}

/** Goes down somewhere, and changes what stands there. */
function change(value: Json, random: Random): Json {
  if (typeof value !== 'object' || value === null || random.oneIn(6)) return changeHere(value, random);
  if (Array.isArray(value)) {
    const at = random.below(value.length);
    return value.length === 0 ? [random.pick(values)] : value.with(at, change(value[at] ?? null, random));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return { [random.pick(names)]: random.pick(values) };
  const at = random.below(entries.length);
  const [name = '', inside = null] = entries[at] ?? [];
  switch (random.below(8)) {
    case 0:
      return fromEntries(entries.toSpliced(at, 1));
    case 1:
      return fromEntries([...entries, [random.pick(names), inside]]);
    case 2:
      return fromEntries(entries.with(at, [random.pick(names), inside]));
    default:
      return fromEntries(entries.with(at, [name, change(inside, random)]));
  }
}

function changeHere(value: Json, random: Random): Json {
  switch (random.below(5)) {
    case 0:
      return [value];
    case 1:
      return { [random.pick(names)]: value };
    case 2:
      return Array.isArray(value)
        ? [...value, ...value]
        : typeof value === 'string'
          ? changeText(value, random)
          : random.pick(values);
    default:
      return typeof value === 'string' && random.oneIn(2) ? changeText(value, random) : random.pick(values);
  }
}

function changeText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const pieces = ['\0', '/', '@', ':', '=', '-', '..', ' ', '\n', '\ud83d', '%00', '${x}', '9'.repeat(30)] as const;
  return random.oneIn(3) ? text.slice(0, at) : text.slice(0, at) + random.pick(pieces) + text.slice(at);
}

/** A `__proto__` of its own, as `JSON.parse` makes it. */
function fromEntries(entries: readonly [string, Json][]): Json {
  return Object.fromEntries(entries);
}
