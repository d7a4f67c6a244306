import { describe, expect, it } from 'vitest';
import { supportEnds } from './support-ends.ts';

describe('the last day of security updates', () => {
  it.each([
    ['debian', '11', 'Debian GNU/Linux 11 (bullseye)', '2026-08-31'],
    ['debian', '', 'Debian GNU/Linux sid', undefined],
    ['alpine', '3.10.9', 'Alpine Linux v3.10', '2021-05-01'],
    ['alpine', '3.1.4', 'Alpine Linux v3.1', '2016-11-01'],
    ['alpine', '2.7.9', 'Alpine Linux v2.7', undefined],
    ['alpine', '3.20.0_alpha20240329', 'Alpine Linux edge', '2026-04-01'],
    ['almalinux', '8.9', 'AlmaLinux 8.9', '2029-05-31'],
    ['centos', '8', 'CentOS Linux 8', '2021-12-31'],
    ['centos', '8', 'CentOS Stream 8', '2024-05-31'],
    ['ubuntu', '22.04', 'Ubuntu 22.04.3 LTS', '2027-06-01'],
    ['ubuntu', '26.04', 'Ubuntu 26.04 LTS', '2031-05-29'],
    ['ubuntu', '99.04', 'Ubuntu 99.04', undefined],
    ['amzn', '2', 'Amazon Linux 2', '2026-06-30'],
    ['amzn', '2018.03', 'Amazon Linux AMI 2018.03', '2023-12-31'],
    ['centos', '10', 'CentOS Stream 10', '2030-05-31'],
    ['fedora', '43', 'Fedora Linux 43 (Container Image)', '2026-12-09'],
    ['opensuse-leap', '15.6', 'openSUSE Leap 15.6', '2026-04-30'],
    ['mariner', '1.0', 'CBL-Mariner/Linux', undefined],
    ['mariner', '2.0', 'CBL-Mariner/Linux', '2025-07-31'],
    ['wolfi', '20230201', 'Wolfi', undefined],
    ['debian', 'constructor', 'x', undefined],
  ])('of %s %s (%s): %s', (id, versionId, name, day) => {
    expect(supportEnds({ id, versionId, name })).toBe(day);
  });
});
