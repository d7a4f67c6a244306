import { PackageURL } from 'packageurl-js';
import type { OperatingSystem, Package } from '../model.ts';

/**
 * The package URL of a package, such as `pkg:deb/debian/curl@7.74.0-1.3?arch=amd64&distro=debian-11`. The operating
 * system names vendor and release of deb and apk packages. Never throws. Source: package-url/purl-spec, types.
 */
export function packageUrl(found: Package, os?: OperatingSystem): string {
  const { type, namespace, name, version, qualifiers } = componentsOf(found, os);
  try {
    // The library leaves `+` in versions as it is; the specification wants it encoded, since some read it as a space.
    return new PackageURL(type, namespace, name, version, qualifiers, undefined).toString().replaceAll('+', '%2B');
  } catch {
    // The library refuses some names and versions that stand in real images (a Go version that is not semantic).
    const path = [...(namespace?.split('/') ?? []), name].map(encode).join('/');
    return `pkg:${type}/${path}@${encode(version)}`;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Where the operating system says nothing. */
const vendors = { deb: 'debian', apk: 'alpine', rpm: 'redhat' } as const;

interface Components {
  type: string;
  namespace?: string;
  name: string;
  version: string;
  qualifiers?: Record<string, string>;
}

function componentsOf(found: Package, os: OperatingSystem | undefined): Components {
  const { kind: type, name, version } = found;
  switch (found.kind) {
    case 'deb':
    case 'apk':
    case 'rpm': {
      const namespace = os?.id ?? vendors[found.kind];
      const qualifiers: Record<string, string> = {};
      if (found.architecture !== undefined) qualifiers['arch'] = found.architecture;
      const { epoch, rest } = found.kind === 'rpm' ? splitEpoch(version) : { epoch: undefined, rest: version };
      if (epoch !== undefined) qualifiers['epoch'] = epoch;
      if (os !== undefined && os.versionId !== '') qualifiers['distro'] = `${os.id}-${os.versionId}`;
      return { type, namespace, name, version: rest, ...(Object.keys(qualifiers).length > 0 ? { qualifiers } : {}) };
    }
    case 'pypi':
      return { type, name: normalizedPythonName(name), version };
    case 'npm': {
      const slash = name.startsWith('@') ? name.indexOf('/') : -1;
      return slash < 2 ? { type, name, version } : { type, ...split(name, slash), version };
    }
    case 'golang': {
      const slash = name.lastIndexOf('/');
      const plain = name === 'stdlib' && version.startsWith('go') ? version.slice(2) : version;
      return slash < 1 ? { type, name, version: plain } : { type, ...split(name, slash), version: plain };
    }
    case 'composer': {
      const slash = name.indexOf('/');
      return slash < 1 ? { type, name, version } : { type, ...split(name.toLowerCase(), slash), version };
    }
    case 'maven': {
      const colon = name.indexOf(':');
      return colon < 1 ? { type, name, version } : { type, ...split(name, colon), version };
    }
    case 'cargo':
    case 'gem':
    case 'nuget':
      return { type, name, version };
    default:
      return found.kind satisfies never;
  }
}

/** In package URLs the epoch of an rpm package stands by itself. */
function splitEpoch(version: string): { epoch: string | undefined; rest: string } {
  const [, epoch, rest = version] = /^(\d+):(.*)$/.exec(version) ?? [];
  return { epoch, rest };
}

function split(path: string, slash: number): { namespace: string; name: string } {
  return { namespace: path.slice(0, slash), name: path.slice(slash + 1) };
}

/** Source: PEP 503, "Normalized Names". */
function normalizedPythonName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}
