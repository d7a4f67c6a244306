import type { OsvRecord } from './osv-record.ts';

/** A record as OSV writes it, for handing on: `parseOsvRecord` gives the same record again. */
export function toOsvValue(record: OsvRecord): Record<string, unknown> {
  const { severityWord, affected, references, ...same } = record;
  return {
    ...same,
    affected: affected.map(({ ecosystem, name, severityWord: ownWord, willNotFix, ...entry }) => ({
      package: { ecosystem, name },
      ...entry,
      ...wordOf(ownWord),
      ...(willNotFix ? { ecosystem_specific: { fix_state: 'will-not-fix' } } : {}),
    })),
    references: references.map((url) => ({ type: 'WEB', url })),
    ...wordOf(severityWord),
  };
}

function wordOf(severity: string | undefined): Record<string, unknown> {
  return severity === undefined ? {} : { database_specific: { severity } };
}
