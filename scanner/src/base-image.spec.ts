import { describe, expect, it } from 'vitest';
import { baseImageOf } from './base-image.ts';

const name = 'org.opencontainers.image.base.name';
const digest = 'org.opencontainers.image.base.digest';
const sha256 = `sha256:${'a'.repeat(64)}`;

describe('the base image', () => {
  it.each([
    [
      { [name]: 'docker.io/library/debian:12', [digest]: sha256 },
      { name: 'docker.io/library/debian:12', digest: sha256 },
    ],
    [
      { [name]: 'debian:12', [digest]: 'latest' },
      { name: 'debian:12', digest: '' },
    ],
    [{ [name]: 'debian:12' }, { name: 'debian:12', digest: '' }],
    [{ [digest]: sha256 }, undefined],
    [{ [name]: 'two words' }, undefined],
    [{ [name]: 'x'.repeat(1000) }, undefined],
    [{ [name]: '' }, undefined],
    [{}, undefined],
  ])('of an image with the labels %j is %j', (labels, base) => {
    expect(baseImageOf({ labels })).toEqual(base);
  });
});
