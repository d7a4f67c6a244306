import type { ImageConfig, ScanReport } from './model.ts';

const nameLabel = 'org.opencontainers.image.base.name';
const digestLabel = 'org.opencontainers.image.base.digest';
const maxNameLength = 512;

/** The image that this one was built from, where its builder said so. Source: OCI image specification, "Pre-Defined Annotation Keys". */
export function baseImageOf({ labels }: Pick<ImageConfig, 'labels'>): ScanReport['image']['base'] {
  const name = own(labels, nameLabel);
  const digest = own(labels, digestLabel);
  if (!/^[\x21-\x7e]+$/.test(name) || name.length > maxNameLength) return undefined;
  return { name, digest: /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(digest) ? digest : '' };
}

function own(labels: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}
