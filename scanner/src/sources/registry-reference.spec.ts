import { describe, expect, it } from 'vitest';
import { ScanError } from '../model.ts';
import { parseRegistryReference } from './registry-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('a reference to an image', () => {
  it.each([
    ['alpine', 'registry-1.docker.io', 'library/alpine', 'latest'],
    ['alpine:3.10', 'registry-1.docker.io', 'library/alpine', '3.10'],
    ['team/app:1', 'registry-1.docker.io', 'team/app', '1'],
    ['docker.io/alpine', 'registry-1.docker.io', 'library/alpine', 'latest'],
    ['registry.example.com/team/app:1.2', 'registry.example.com', 'team/app', '1.2'],
    ['localhost/app', 'localhost', 'app', 'latest'],
    ['localhost:5000/app', 'localhost:5000', 'app', 'latest'],
    ['http://127.0.0.1:5000/a/b:c', 'http://127.0.0.1:5000', 'a/b', 'c'],
    ['https://example.com/a', 'https://example.com', 'a', 'latest'],
    ['[::1]:5000/a', '[::1]:5000', 'a', 'latest'],
    [`example.com/a@${digest}`, 'example.com', 'a', digest],
    [`example.com/a:1@${digest}`, 'example.com', 'a', digest],
  ])('%s', (text, registryUrl, repository, reference) => {
    expect(parseRegistryReference(text)).toEqual({ registryUrl, repository, reference });
  });

  it.each([
    '',
    'Alpine',
    './alpine',
    '../x.tar',
    '/abs/path',
    'a b',
    'example.com/',
    'http://example.com',
    'a:',
    'a@sha256:1',
    'a:/b',
    '-x',
  ])('%j is none', (text) => expect(() => parseRegistryReference(text)).toThrow(ScanError));
});
