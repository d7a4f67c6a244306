/** What people write for an image in a registry, as Docker reads it: `alpine`, `registry.example.com/team/app:1.2`. */
import { ScanError } from '../model.ts';
import { isDigest, isRepository, isTag } from '../registry/names.ts';

export interface RegistryReference {
  /** For the registry client: with a scheme where the user wrote one. */
  registryUrl: string;
  repository: string;
  /** A tag (`latest` when none is written) or a digest. */
  reference: string;
}

const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Docker Hub's name is not where its API is. */
const dockerHub = { names: ['docker.io', 'index.docker.io'], url: 'registry-1.docker.io', officialFolder: 'library/' };

/**
 * Reads a reference; `http://` before it means plain HTTP, `https://` or nothing TLS. Throws `target-not-found` for what
 * is none.
 */
export function parseRegistryReference(text: string): RegistryReference {
  const [, scheme = '', rest = ''] = /^(https?:\/\/)?(.*)$/is.exec(text) ?? [];
  const [beforeDigest, digest] = splitOnce(rest, '@');
  const slash = beforeDigest.indexOf('/');
  const first = slash < 0 ? '' : beforeDigest.slice(0, slash);
  const namesHost = scheme !== '' || /[.:]/.test(first) || first === 'localhost';
  const host = namesHost ? first : 'docker.io';
  const path = namesHost ? beforeDigest.slice(slash + 1) : beforeDigest;
  const [name, tag] = splitOnce(path, ':');
  const onHub = dockerHub.names.includes(host);
  const repository = onHub && !name.includes('/') ? `${dockerHub.officialFolder}${name}` : name;
  const reference = digest ?? tag ?? 'latest';
  const valid = digest === undefined ? isTag(reference) : isDigest(digest) && (tag === undefined || isTag(tag));
  if (!hostPattern.test(host) || !valid || !isRepository(repository)) {
    throw new ScanError({
      code: 'target-not-found',
      message: `"${text.slice(0, 200)}" is neither a file or folder nor an image such as registry.example.com/team/app:1.2`,
    });
  }
  return { registryUrl: `${scheme}${onHub ? dockerHub.url : host}`, repository, reference };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
