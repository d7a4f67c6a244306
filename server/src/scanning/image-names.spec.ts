import { describe, expect, it } from 'vitest';
import { imageNameOf, repositoryAddress } from './image-names.ts';

describe('the name of a registry image', () => {
  it.each([
    ['app', '', 'app'],
    ['team/app', 'team', 'app'],
    ['team/part/app', 'team', 'part/app'],
  ])('of %s in namespace %j is %s', (repository, namespace, name) => {
    expect(imageNameOf({ repository, namespace })).toBe(name);
  });

  it.each([
    ['http://127.0.0.1:5000', '127.0.0.1:5000/team/app'],
    ['https://registry.example.com/', 'registry.example.com/team/app'],
    ['registry.example.com/prefix', 'registry.example.com/prefix/team/app'],
  ])('at %s is pulled as %s', (registryUrl, address) => {
    expect(repositoryAddress({ registryUrl, repository: 'team/app' })).toBe(address);
  });
});
