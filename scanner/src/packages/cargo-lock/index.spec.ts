import { describe, expect, it } from 'vitest';
import { byteSource } from '../fixtures/byte-source.ts';
import { expectHarmless } from '../fixtures/expect-harmless.ts';
import { readPackages } from '../fixtures/read-packages.ts';
import { cargoLock } from './index.ts';

const lock = `version = 3

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["serde"]

[[package]]
name = "serde"
version = "1.0.100"
source = "registry+https://example.org/index"
checksum = "abc"

[[package]]
name = "serde"
version = "0.9.0"
source = "registry+https://example.org/index"
`;

describe('lock files of Cargo', () => {
  it('tell the crates that come from elsewhere', () => {
    expect(readPackages(cargoLock, 'app/Cargo.lock', lock)).toEqual(['serde 1.0.100', 'serde 0.9.0']);
  });

  it.each([
    ['app/Cargo.lock', true],
    ['root/.cargo/registry/src/index/serde-1.0.0/Cargo.lock', false],
    ['usr/local/cargo/registry/src/index/serde-1.0.0/Cargo.lock', false],
  ])('are %s: %s', (path, wanted) => {
    expect(cargoLock.wants(path, { sizeBytes: 100, mode: 0o644 })).toBe(wanted);
  });

  it('that are not TOML are unreadable', () => {
    expect(() => cargoLock.extract('Cargo.lock', byteSource('[['))).toThrow(/TOML/);
  });

  it('never stop a scan', () => expectHarmless(cargoLock, 'Cargo.lock', [lock]));
});
