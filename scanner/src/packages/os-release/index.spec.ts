import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeSharedData } from '../../../../tests/support/requirements.ts';
import { readTarFiles } from '../../../../tests/support/tar-files.ts';
import type { OperatingSystem } from '../../model.ts';
import { byteSource } from '../fixtures/byte-source.ts';
import { hostileBytes } from '../fixtures/hostile-bytes.ts';
import { osRelease } from './index.ts';

const debian = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
`;

function read(content: string | Uint8Array): OperatingSystem | undefined {
  return osRelease.extract('etc/os-release', byteSource(content)).operatingSystem;
}

describe('os-release', () => {
  it.each([
    ['etc/os-release', true],
    ['usr/lib/os-release', true],
    ['etc/lsb-release', false],
    ['opt/etc/os-release', false],
  ])('%s: %s', (path, wanted) => {
    expect(osRelease.wants(path, { sizeBytes: 100, mode: 0o644 })).toBe(wanted);
  });

  it('tells distribution, release and the name that advisories use', () => {
    expect(read(debian)).toEqual({
      id: 'debian',
      versionId: '12',
      name: 'Debian GNU/Linux 12 (bookworm)',
      ecosystem: 'Debian:12',
    });
    expect(osRelease.extract('etc/os-release', byteSource(debian)).packages).toEqual([]);
  });

  it.each([
    ['ID=debian\nVERSION_ID="11"', 'Debian:11'],
    ['ID=debian\nVERSION_ID=11.5', 'Debian:11'],
    ['ID=debian\nVERSION_CODENAME=trixie', 'Debian:13'],
    ['ID=debian\nPRETTY_NAME="Debian GNU/Linux forky/sid"', 'Debian:14'],
    ['ID=debian\nPRETTY_NAME="Debian GNU/Linux sid"', undefined],
    ['ID=debian', undefined],
    ['ID=debian\nVERSION_ID=twelve', undefined],
    ['ID=alpine\nVERSION_ID=3.10.9', 'Alpine:v3.10'],
    ['ID=alpine\nVERSION_ID=3.20.0_alpha20240329', 'Alpine:v3.20'],
    ['ID=alpine\nVERSION_ID=3.20', 'Alpine:v3.20'],
    ['ID=alpine\nVERSION_ID=edge', undefined],
    ['ID=ubuntu\nVERSION_ID="22.04"', 'Ubuntu:22.04:LTS'],
    ['ID=ubuntu\nVERSION_ID="23.04"', 'Ubuntu:23.04'],
    ['ID=ubuntu\nVERSION_ID="22.10"', 'Ubuntu:22.10'],
    ['ID=ubuntu\nVERSION_ID="22"', undefined],
    ['ID="almalinux"\nVERSION_ID="8.9"', 'AlmaLinux:8'],
    ['ID="rocky"\nVERSION_ID="9.3"', 'Rocky Linux:9'],
    ['ID=azurelinux\nVERSION_ID="3.0"', 'Azure Linux:3'],
    ['ID="opensuse-leap"\nVERSION_ID="15.6"', 'openSUSE:Leap 15.6'],
    ['ID=mageia\nVERSION_ID=9', 'Mageia:9'],
    ['ID=wolfi\nVERSION_ID="20230201"', 'Wolfi'],
    ['ID=chainguard\nVERSION_ID="20230214"', 'Chainguard'],
    // What is like Debian has versions of its own: matching it by Debian's advisories would be wrong both ways.
    ['ID=kali\nID_LIKE=debian\nVERSION_ID="2024.1"', undefined],
    ['ID=raspbian\nID_LIKE=debian\nVERSION_ID="11"', undefined],
    ['ID="rhel"\nVERSION_ID="9.2"', undefined],
    ['VERSION_ID=11', undefined],
    ['ID=__proto__\nVERSION_ID=11', undefined],
  ])('%j: %s', (text, ecosystem) => {
    expect(read(text)?.ecosystem).toBe(ecosystem);
  });

  it.each([
    ['double quotes', 'NAME="A B"', 'A B'],
    ['single quotes', "NAME='A B'", 'A B'],
    ['none', 'NAME=Plain', 'Plain'],
    ['escapes', 'NAME="A \\"B\\" \\$C \\\\ \\`d\\` \\n"', 'A "B" $C \\ `d` \\n'],
    ['no escapes in single ones', "NAME='A \\$B'", 'A \\$B'],
    ['no end', 'NAME="A B', 'A B'],
    ['one quote', 'NAME="', 'linux'],
    ['spaces around', '  NAME = "A B"  ', 'A B'],
    ['line ends of Windows', 'NAME="A B"\r\n', 'A B'],
    ['the last of several', 'NAME=a\nNAME=b', 'b'],
    ['an equals sign', 'NAME="a=b"', 'a=b'],
    ['control characters', 'ID=x\nNAME="a\u001bb"', 'x'],
    ['a better name', 'NAME=a\nPRETTY_NAME=b', 'b'],
    ['a comment', '# NAME=b\nNAME=a', 'a'],
  ])('reads values with %s', (_what, text, name) => {
    expect(read(`VERSION_ID=1\n${text}`)?.name).toBe(name);
  });

  it.each(['', '\n\n', 'hello', '\0\0\0', 'OTHER=1'])('tells of no system in %j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('never stops a scan', () => {
    fc.assert(
      fc.property(hostileBytes([Buffer.from(debian)]), (bytes) => {
        const system = read(bytes);
        if (system) expect(system.id).not.toBe('');
      }),
    );
  });
});

describeSharedData('os-release of real root file systems', (data) => {
  it.each([
    ['3.10.9', 'Alpine:v3.10'],
    ['3.20.3', 'Alpine:v3.20'],
    ['20240923', 'Alpine:v3.21'],
  ])('Alpine %s is %s', (release, ecosystem) => {
    const files = readTarFiles(`${data}/images/alpine/alpine-minirootfs-${release}-x86_64.tar.gz`);
    const file = files.find(({ path }) => osRelease.wants(path, { sizeBytes: 1, mode: 0o644 }));
    expect(read(file?.bytes ?? '')?.ecosystem).toBe(ecosystem);
  });
});
