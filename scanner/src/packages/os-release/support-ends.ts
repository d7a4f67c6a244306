import type { OperatingSystem } from '../../model.ts';

/**
 * The last day on which a release gets security updates that everybody may have (at Debian with its long-term support, at
 * Ubuntu without the subscription), as its distribution published it. Where it named a month, the last day of that month.
 */
const lastDays: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['almalinux', { '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' }],
  [
    'alpine',
    {
      '3.3': '2017-11-01',
      '3.4': '2018-05-01',
      '3.5': '2018-11-01',
      '3.6': '2019-05-01',
      '3.7': '2019-11-01',
      '3.8': '2020-05-01',
      '3.9': '2020-11-01',
      '3.10': '2021-05-01',
      '3.11': '2021-11-01',
      '3.12': '2022-05-01',
      '3.13': '2022-11-01',
      '3.14': '2023-05-01',
      '3.15': '2023-11-01',
      '3.16': '2024-05-23',
      '3.17': '2024-11-22',
      '3.18': '2025-05-09',
      '3.19': '2025-11-01',
      '3.20': '2026-04-01',
      '3.21': '2026-11-01',
      '3.22': '2027-05-01',
    },
  ],
  ['amzn', { '2018.03': '2023-12-31', '2': '2026-06-30', '2023': '2029-06-30' }],
  ['centos', { '6': '2020-11-30', '7': '2024-06-30', '8': '2021-12-31' }],
  ['centos stream', { '8': '2024-05-31', '9': '2027-05-31' }],
  [
    'debian',
    {
      '7': '2018-05-31',
      '8': '2020-06-30',
      '9': '2022-06-30',
      '10': '2024-06-30',
      '11': '2026-08-31',
      '12': '2028-06-30',
      '13': '2030-06-30',
    },
  ],
  ['fedora', { '37': '2023-12-05', '38': '2024-05-21', '39': '2024-11-26', '40': '2025-05-13' }],
  ['mariner', { '1.0': '2023-07-31', '2.0': '2025-07-31' }],
  ['ol', { '7': '2024-12-31', '8': '2029-07-31', '9': '2032-06-30' }],
  ['opensuse-leap', { '15.3': '2022-12-31', '15.4': '2023-12-07', '15.5': '2024-12-31' }],
  ['rhel', { '6': '2020-11-30', '7': '2024-06-30', '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' }],
  ['rocky', { '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' }],
  [
    'ubuntu',
    {
      '14.04': '2019-04-30',
      '16.04': '2021-04-30',
      '18.04': '2023-05-31',
      '19.10': '2020-07-17',
      '20.04': '2025-05-31',
      '20.10': '2021-07-22',
      '21.04': '2022-01-20',
      '21.10': '2022-07-14',
      '22.04': '2027-04-30',
      '22.10': '2023-07-20',
      '23.04': '2024-01-25',
      '23.10': '2024-07-11',
      '24.04': '2029-04-30',
      '24.10': '2025-07-10',
      '25.04': '2026-01-15',
    },
  ],
]);

/** Undefined where we do not know: a release of tomorrow, or a distribution without such a day. */
export function supportEnds({ id, versionId, name }: OperatingSystem): string | undefined {
  const days = lastDays.get(id === 'centos' && name.includes('Stream') ? 'centos stream' : id);
  if (days === undefined) return undefined;
  // `8.9` is of 8, `3.10.9` of 3.10.
  const [major = '', minor = ''] = versionId.split(/[._]/, 2);
  return own(days, `${major}.${minor}`) ?? own(days, major);
}

function own(days: Readonly<Record<string, string>>, release: string): string | undefined {
  return Object.hasOwn(days, release) ? days[release] : undefined;
}
