import { describe, expect, it } from 'vitest';
import type { OsvAffected, OsvEvent } from '../advisories/osv-record.ts';
import { isAffected } from './is-affected.ts';

function entry(ecosystem: string, ...ranges: OsvEvent[][]): OsvAffected {
  return {
    ecosystem,
    name: 'x',
    ranges: ranges.map((events) => ({ type: 'ECOSYSTEM', events })),
    versions: [],
    severity: [],
  };
}

describe('a range', () => {
  it.each<[string, OsvEvent[], Record<string, boolean>]>([
    ['from the beginning', [{ introduced: '0' }, { fixed: '2.0' }], { '0.0.1.dev0': true, '1.9': true, '2.0': false }],
    ['with no end', [{ introduced: '1.0' }], { '0.9': false, '1.0': true, '99': true }],
    ['to a last version', [{ introduced: '0' }, { last_affected: '2.0' }], { '2.0': true, '2.0.post1': false }],
    [
      'with several parts, in no order',
      [{ fixed: '3.2' }, { introduced: '0' }, { introduced: '3.0' }, { fixed: '2.0' }],
      { '1.0': true, '2.0': false, '2.9': false, '3.0': true, '3.2': false },
    ],
    [
      'whose parts touch',
      [{ introduced: '0' }, { fixed: '3.1.1' }, { introduced: '3.1.1' }, { fixed: '3.1.3' }],
      { '3.1.0': true, '3.1.1': true, '3.1.2': true, '3.1.3': false },
    ],
    ['of one version', [{ introduced: '2.0' }, { last_affected: '2.0' }], { '1.9': false, '2.0': true, '2.1': false }],
    ['with a limit', [{ introduced: '0' }, { limit: '2.0' }], { '1.0': true, '2.0': false, '3.0': false }],
    ['with several limits', [{ introduced: '0' }, { limit: '1.0' }, { limit: '2.0' }], { '1.5': true, '2.5': false }],
    ['with no limit', [{ introduced: '0' }, { limit: '*' }], { '99': true }],
    ['with a bound that is no version', [{ introduced: '0' }, { fixed: 'soon' }], { '1.0': false }],
    ['without events', [], { '1.0': false }],
    ['for a version that is none', [{ introduced: '0' }], { unknown: false }],
  ])('%s', (_name, events, wanted) => {
    const told = Object.keys(wanted).map((version) => [version, isAffected(entry('PyPI', events), version)] as const);
    expect(Object.fromEntries(told)).toEqual(wanted);
  });
});

describe('a version of rpm that an advisory names without a release', () => {
  it.each([
    ['1.2-3', [{ introduced: '0' }, { last_affected: '1.2' }], true],
    ['1.2.1-1', [{ introduced: '0' }, { last_affected: '1.2' }], false],
    ['1:1.2-3', [{ introduced: '0' }, { last_affected: '1.2' }], false],
    ['1.2-3', [{ introduced: '0' }, { last_affected: '1.2-2' }], false],
    ['1.2-3', [{ introduced: '0' }, { fixed: '1.2' }], false],
    ['1.2-3', [{ introduced: '1.2' }], true],
  ])('means all of its releases: %s in %j: %s', (version, events, wanted) => {
    expect(isAffected(entry('AlmaLinux:8', events), version)).toBe(wanted);
  });

  it('is one of those that are listed', () => {
    const listing = { ...entry('AlmaLinux:8'), versions: ['1.2'] };
    expect(['1.2-3', '1.3-1'].map((version) => isAffected(listing, version))).toEqual([true, false]);
  });
});

describe('an entry', () => {
  it('counts when one of its ranges does', () => {
    const several = entry('npm', [{ introduced: '1.0.0' }, { fixed: '1.5.0' }], [{ introduced: '3.0.0' }]);
    expect(['1.1.0', '2.0.0', '3.0.0'].map((version) => isAffected(several, version))).toEqual([true, false, true]);
  });

  it.each([
    ['PyPI', '2.2', true],
    ['PyPI', '2.2.0.0', true],
    ['PyPI', '2.2.1', false],
    ['npm', 'v2.2.0', true],
    ['Unheard of', '2.2.0', true],
    ['Unheard of', '2.2', false],
  ])('of %s that lists 2.2.0 means %s: %s', (ecosystem, version, wanted) => {
    expect(isAffected({ ...entry(ecosystem), versions: ['1.0.0', '2.2.0'] }, version)).toBe(wanted);
  });

  it('reads a SEMVER range as such, whatever the ecosystem', () => {
    const semantic: OsvAffected = {
      ...entry('PyPI'),
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.0.0' }] }],
    };
    expect(isAffected(semantic, '1.0.0-post1')).toBe(true);
    expect(
      isAffected(
        { ...semantic, ranges: [{ ...semantic.ranges[0], type: 'ECOSYSTEM' }] as OsvAffected['ranges'] },
        '1.0.0-post1',
      ),
    ).toBe(false);
  });

  it('takes the toolchain for the standard library of Go', () => {
    const stdlib = entry('Go', [
      { introduced: '0' },
      { fixed: '1.20.10' },
      { introduced: '1.21.0-0' },
      { fixed: '1.21.3' },
    ]);
    const versions = ['go1.20.9', 'go1.20.10', 'go1.21rc2', 'go1.21', 'go1.21.3'];
    expect(versions.map((version) => isAffected(stdlib, version))).toEqual([true, false, true, true, false]);
  });
});
