import { describe, expect, it } from 'vitest';
import { byteSource } from '../fixtures/byte-source.ts';
import { expectHarmless } from '../fixtures/expect-harmless.ts';
import { readPackages } from '../fixtures/read-packages.ts';
import { pythonLock } from './index.ts';

const poetry1 = `[[package]]
name = "requests"
version = "2.19.1"
category = "main"
optional = false

[[package]]
name = "pytest"
version = "7.0.0"
category = "dev"

[metadata]
lock-version = "1.1"
`;
const poetry2 = `[[package]]
name = "requests"
version = "2.19.1"
groups = ["main", "dev"]

[[package]]
name = "pytest"
version = "7.0.0"
groups = ["dev"]
`;
const uv = `version = 1

[[package]]
name = "app"
version = "0.1.0"
source = { editable = "." }

[[package]]
name = "anyio"
version = "4.3.0"
source = { registry = "https://example.org/simple" }
`;
const pipenv = JSON.stringify({
  _meta: {},
  default: { requests: { version: '==2.19.1' }, local: { path: '.' }, loose: { version: '*' } },
  develop: { pytest: { version: '==7.0.0' }, requests: { version: '==2.19.1' } },
});

describe('lock files of Python', () => {
  it.each([
    ['app/poetry.lock', poetry1, ['requests 2.19.1', 'pytest 7.0.0 *']],
    ['app/poetry.lock', poetry2, ['requests 2.19.1', 'pytest 7.0.0 *']],
    ['app/uv.lock', uv, ['anyio 4.3.0']],
    ['app/pdm.lock', poetry2.replaceAll('"main"', '"default"'), ['requests 2.19.1', 'pytest 7.0.0 *']],
    ['app/Pipfile.lock', pipenv, ['requests 2.19.1', 'pytest 7.0.0 *']],
    ['app/poetry.lock', '', []],
    ['app/Pipfile.lock', '[]', []],
  ])('tell what is to be installed: %s', (path, text, expected) => {
    expect(readPackages(pythonLock, path, text)).toEqual(expected);
  });

  it('that are of no known form are unreadable', () => {
    expect(() => pythonLock.extract('poetry.lock', byteSource('a = ['))).toThrow(/TOML/);
    expect(() => pythonLock.extract('Pipfile.lock', byteSource('a'))).toThrow(/JSON/);
    expect(() => pythonLock.extract('uv.lock', byteSource(`a = ${'['.repeat(100_000)}`))).toThrow(/TOML/);
  });

  it.each(['app/poetry.lock', 'app/Pipfile.lock'])('never stop a scan: %s', (path) =>
    expectHarmless(pythonLock, path, [poetry1, uv, pipenv]),
  );
});
