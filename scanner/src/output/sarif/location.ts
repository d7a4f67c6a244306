import type { SarifLocation } from './document.ts';

/** What `uri`s are counted from: files of the image, and places in its configuration that are no files. */
export const uriBases = {
  IMAGE: 'The root of the image',
  CONFIGURATION: "The image's configuration: environment, labels, history, user, ports",
} as const;

/** `env:NAME`, `label:NAME`, `history:3`, `port:22/tcp`, `config:User`. */
const configurationPlace = /^(env|label|history|port|config):(.*)$/s;

/** A file (with its line, counted from 1, where there are lines), or a place in the image's configuration. */
export function locationOf(place: string, line = 0): SarifLocation {
  const [, kind, name] = configurationPlace.exec(place) ?? [];
  if (kind === undefined || name === undefined) {
    return {
      physicalLocation: {
        artifactLocation: { uri: uriOf(place), uriBaseId: 'IMAGE' },
        ...(line > 0 ? { region: { startLine: line } } : {}),
      },
    };
  }
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(`${kind}/${name}`), uriBaseId: 'CONFIGURATION' } },
    logicalLocations: [{ fullyQualifiedName: place }],
  };
}

/** Of the whole image, for want of a place in it: its root. */
export function uriOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/') || './';
}
