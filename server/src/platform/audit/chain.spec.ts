import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { emptyHead, nextEntry, problemsOf, type AuditEntry, type AuditHead, type AuditRecord } from './chain.ts';

const instant = fc
  .integer({ min: 0, max: 4_000_000_000 })
  .map((seconds) => Temporal.Instant.fromEpochMilliseconds(seconds * 1_000));
const record: fc.Arbitrary<AuditRecord> = fc.record({
  at: instant,
  machineTime: instant,
  operator: fc.string(),
  action: fc.string(),
  requestId: fc.string(),
  request: fc.jsonValue().map(canonicalJson),
  code: fc.string(),
});
const chain = (least: number) =>
  fc.array(record, { minLength: least, maxLength: 12 }).map((records) => {
    const entries: AuditEntry[] = [];
    for (const each of records) entries.push(nextEntry(entries.at(-1) ?? emptyHead, each));
    return entries;
  });

function problems(entries: readonly AuditEntry[]): string[] {
  let before: AuditHead = emptyHead;
  return entries.flatMap((entry) => {
    const found = problemsOf(before, entry).map(({ number, problem }) => `${number} ${problem}`);
    before = entry;
    return found;
  });
}

describe('the chain of the audit log', () => {
  it('is whole as it was written', () => {
    fc.assert(
      fc.property(chain(0), (entries) => {
        expect(problems(entries)).toEqual([]);
      }),
    );
  });

  it('shows a change of any field', () => {
    const change = fc.oneof(
      record.map((other) => (({ at }: AuditRecord) => ({ at }))(other)),
      fc
        .constantFrom('operator', 'action', 'requestId', 'request', 'code')
        .chain((field) => fc.string().map((value) => ({ [field]: value }))),
      instant.map((machineTime) => ({ machineTime })),
    );
    fc.assert(
      fc.property(chain(1), fc.nat(), change, (entries, at, changed) => {
        const index = at % entries.length;
        const before = entries[index];
        if (!before) return;
        const after: AuditEntry = { ...before, ...changed };
        fc.pre(canonicalJson(asJson(before)) !== canonicalJson(asJson(after)));
        expect(problems(entries.with(index, after))).toEqual([
          `${before.number} was changed: its hash is of something else`,
        ]);
      }),
    );
  });

  it('shows a row that was removed, but for the last ones', () => {
    fc.assert(
      fc.property(chain(2), fc.nat(), (entries, at) => {
        const index = at % (entries.length - 1);
        expect(problems(entries.toSpliced(index, 1))).not.toEqual([]);
      }),
    );
  });

  it('shows a row that was put in between, also with a hash of its own', () => {
    fc.assert(
      fc.property(chain(2), record, fc.nat(), (entries, forged, at) => {
        const index = at % (entries.length - 1);
        const before = entries[index];
        if (!before) return;
        const between = nextEntry(before, forged);
        fc.pre(between.hash !== entries[index + 1]?.hash);
        expect(problems(entries.toSpliced(index + 1, 0, between))).not.toEqual([]);
      }),
    );
  });

  it('shows rows that changed their places, with or without their numbers', () => {
    fc.assert(
      fc.property(chain(2), fc.nat(), fc.boolean(), (entries, at, renumbered) => {
        const index = at % (entries.length - 1);
        const [one, two] = [entries[index], entries[index + 1]];
        if (!one || !two) return;
        const swapped = renumbered
          ? [
              { ...two, number: one.number },
              { ...one, number: two.number },
            ]
          : [two, one];
        expect(problems(entries.toSpliced(index, 2, ...swapped))).not.toEqual([]);
      }),
    );
  });
});

describe('canonical JSON', () => {
  it('has one text for one value, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(backwards(value))).toBe(text);
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(JSON.parse(canonicalJson(JSON.parse(text)))));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    [{ b: 1, a: [true, null, 'é\u0000\ud800'] }, '{"a":[true,null,"é\\u0000\\ud800"],"b":1}'],
    [JSON.parse('{"__proto__":1,"a":2}'), '{"__proto__":1,"a":2}'],
  ])('%j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([undefined, () => 1, [undefined]])('is not made of %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

function asJson({ number, at, machineTime, ...same }: AuditEntry): unknown {
  return { ...same, number: String(number), at: at.toString(), machineTime: machineTime.toString() };
}

function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, backwards(member)]),
  );
}
