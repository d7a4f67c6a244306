import { describe, expect, it } from 'vitest';
import { expectHarmless } from '../fixtures/expect-harmless.ts';
import { readPackages } from '../fixtures/read-packages.ts';
import { dotnet, nugetLock } from './index.ts';

const deps = JSON.stringify({
  runtimeTarget: { name: '.NETCoreApp,Version=v6.0' },
  libraries: {
    'App/1.0.0': { type: 'project' },
    'Newtonsoft.Json/13.0.1': { type: 'package', serviceable: true },
    'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.1': { type: 'runtimepack' },
    broken: { type: 'package' },
  },
});
const lock = JSON.stringify({
  version: 1,
  dependencies: {
    'net6.0': { 'Newtonsoft.Json': { type: 'Direct', resolved: '13.0.1' }, own: { type: 'Project' } },
    'net8.0': { 'Newtonsoft.Json': { type: 'Transitive', resolved: '13.0.1' }, Serilog: { resolved: '3.0.0' } },
  },
});

describe('packages of NuGet', () => {
  it('are those that a program was published with', () => {
    expect(readPackages(dotnet, 'app/App.deps.json', deps)).toEqual(['Newtonsoft.Json 13.0.1']);
  });

  it('are to be restored as the lock file says, each once', () => {
    expect(readPackages(nugetLock, 'app/packages.lock.json', lock)).toEqual([
      'Newtonsoft.Json 13.0.1',
      'Serilog 3.0.0',
    ]);
  });

  it.each([dotnet, nugetLock])('never stop a scan: $name', (extractor) =>
    expectHarmless(extractor, 'a.deps.json', [deps, lock]),
  );
});
