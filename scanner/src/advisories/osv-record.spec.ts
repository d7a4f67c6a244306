import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdvisoryRefused, parseOsvRecord } from './osv-record.ts';
import { toOsvValue } from './to-osv-value.ts';

const least = { id: 'X-1', modified: '2026-01-01T00:00:00Z' };

function refusal(value: unknown): AdvisoryRefused {
  try {
    parseOsvRecord(value);
  } catch (error) {
    if (error instanceof AdvisoryRefused) return error;
    throw error;
  }
  throw new Error('the record was taken');
}

describe('an OSV record', () => {
  it('needs little', () => {
    expect(parseOsvRecord(least)).toEqual({
      ...least,
      aliases: [],
      upstream: [],
      related: [],
      severity: [],
      affected: [],
      references: [],
    });
  });

  it('keeps what matching uses and leaves the rest', () => {
    const parsed = parseOsvRecord({
      ...least,
      schema_version: '1.7.5',
      published: null,
      aliases: null,
      database_specific: { severity: 'HIGH', cwe_ids: ['CWE-1'] },
      references: [
        { type: 'WEB', url: 'https://example.com/a' },
        { type: 'WEB', url: 'javascript:alert(1)' },
      ],
      affected: [
        { ranges: [{ type: 'GIT', repo: 'https://example.com/x', events: [{ introduced: '0' }] }] },
        {
          package: { ecosystem: 'PyPI', name: 'x', purl: 'pkg:pypi/x' },
          ranges: [
            { type: 'GIT', repo: 'https://example.com/x', events: [{ introduced: '0' }] },
            { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1' }] },
          ],
          versions: null,
          ecosystem_specific: { severity: ['not', 'a', 'word'], urgency: 'low' },
        },
      ],
    });
    expect(parsed).toEqual({
      ...least,
      aliases: [],
      upstream: [],
      related: [],
      severity: [],
      severityWord: 'HIGH',
      references: ['https://example.com/a'],
      affected: [
        {
          ecosystem: 'PyPI',
          name: 'x',
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1' }] }],
          versions: [],
          severity: [],
          severityWord: 'low',
        },
      ],
    });
  });

  it('is the same again after it was handed on', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const scores = fc.array(fc.record({ type: fc.constant('CVSS_V3'), score: name }), { maxLength: 2 });
    const words = fc.option(
      fc.record({ severity: name, fix_state: fc.constantFrom(undefined, 'wont-fix', 'affected') }),
      { nil: undefined },
    );
    const entry = fc.record({
      package: fc.record({ ecosystem: fc.constantFrom('npm', 'Debian:11'), name }),
      ranges: fc.array(
        fc.record({ type: fc.constantFrom('GIT', 'SEMVER'), events: fc.array(fc.record({ fixed: name })) }),
      ),
      versions: fc.array(name),
      severity: scores,
      ecosystem_specific: words,
      database_specific: words,
    });
    const anyRecord = fc.record({
      id: name,
      modified: fc.constant(least.modified),
      published: fc.option(fc.constant(least.modified)),
      withdrawn: fc.option(fc.constant(least.modified)),
      aliases: fc.array(name),
      upstream: fc.array(name),
      related: fc.array(name),
      summary: fc.string(),
      details: fc.string({ unit: 'binary' }),
      severity: scores,
      affected: fc.array(entry),
      references: fc.array(fc.record({ url: fc.webUrl() })),
      database_specific: words,
    });
    fc.assert(
      fc.property(anyRecord, (value) => {
        const record = parseOsvRecord(value);
        const handedOn: unknown = JSON.parse(JSON.stringify(toOsvValue(record)));
        expect(parseOsvRecord(handedOn)).toEqual(record);
      }),
    );
  });

  it.each([
    [null, '', 'record'],
    [[], '', 'record'],
    [{}, '', 'id'],
    [{ ...least, id: 7 }, '', 'id'],
    [{ ...least, id: 'a\nb' }, 'a\nb', 'id'],
    [{ ...least, id: 'half \ud800' }, 'half \ufffd', 'id'],
    [{ id: 'X-1' }, 'X-1', 'modified'],
    [{ ...least, modified: 'yesterday' }, 'X-1', 'modified'],
    [{ ...least, modified: '2026-13-01T00:00:00Z' }, 'X-1', 'modified'],
    [{ ...least, aliases: [1] }, 'X-1', 'aliases.0'],
    [{ ...least, affected: [{ package: { ecosystem: 'npm' } }] }, 'X-1', 'affected.0.package.name'],
    [
      { ...least, affected: [{ package: { ecosystem: 'npm', name: 'é'.repeat(513) } }] },
      'X-1',
      'affected.0.package.name',
    ],
    [
      { ...least, affected: [{ ranges: [{ type: 'SEMVER', events: [{ fixed: 1 }] }] }] },
      'X-1',
      'affected.0.ranges.0.events.0.fixed',
    ],
  ])('is refused, with the field: %j', (value, id, field) => {
    const error = refusal(value);
    expect(error.id).toBe(id);
    expect(error.message).toMatch(new RegExp(`^${field.replaceAll('.', '\\.')}: .`));
  });
});
