import type { LocatedPackage, OperatingSystem, ScanReport } from '../../model.ts';
import { packageUrl } from '../../packages/purl.ts';
import { compareText } from '../severity.ts';
import type { CycloneDxComponent } from './document.ts';

export interface DescribedComponents {
  components: CycloneDxComponent[];
  /** The `bom-ref` of a package of the report; undefined for one that is not in it. */
  refOf: (found: LocatedPackage) => string | undefined;
}

/** The operating system and every package at every place, sorted; two of one name and version at two places are two. */
export function describeComponents({
  operatingSystem,
  packages,
  vulnerabilities,
  ignored,
}: ScanReport): DescribedComponents {
  const refs = new Map<string, string>();
  const taken = new Set<string>();
  const components = operatingSystem === undefined ? [] : [describeOperatingSystem(operatingSystem)];
  // A finding stands on a package of the list; should it not, it still gets a component, for `affects` must point to one.
  const flawed = [
    ...vulnerabilities,
    ...ignored.flatMap((one) => (one.scanner === 'vulnerabilities' ? one.finding : [])),
  ];
  const all = [...packages, ...flawed.map((finding) => finding.package)].toSorted(byNameAndPlace);
  for (const found of all) {
    const key = identityOf(found);
    if (refs.has(key)) continue;
    const purl = packageUrl(found, operatingSystem);
    const ref = firstFree([purl, `${purl}#${found.path}`], taken);
    taken.add(ref);
    refs.set(key, ref);
    components.push(describePackage(found, purl, ref, operatingSystem));
  }
  return { components, refOf: (found) => refs.get(identityOf(found)) };
}

function describeOperatingSystem(system: OperatingSystem): CycloneDxComponent {
  return {
    type: 'operating-system',
    'bom-ref': 'operating-system',
    name: system.id,
    ...(system.versionId === '' ? {} : { version: system.versionId }),
    properties: [
      { name: 'wharfinger:name', value: system.name },
      ...(system.ecosystem === undefined ? [] : [{ name: 'wharfinger:ecosystem', value: system.ecosystem }]),
      ...(system.supportEnds === undefined ? [] : [{ name: 'wharfinger:supportEnds', value: system.supportEnds }]),
    ],
  };
}

function describePackage(
  found: LocatedPackage,
  purl: string,
  ref: string,
  system: OperatingSystem | undefined,
): CycloneDxComponent {
  const { owner, source } = found;
  return {
    type: 'library',
    'bom-ref': ref,
    ...nameOf(found),
    version: found.version,
    purl,
    properties: [
      { name: 'wharfinger:path', value: found.path },
      { name: 'wharfinger:layer', value: found.layer },
      ...(source === undefined
        ? []
        : [
            { name: 'wharfinger:sourceName', value: source.name },
            { name: 'wharfinger:sourceVersion', value: source.version },
          ]),
      ...(owner === undefined ? [] : [{ name: 'wharfinger:owner', value: packageUrl(owner, system) }]),
      ...(found.development ? [{ name: 'wharfinger:development', value: 'true' }] : []),
      ...(found.versionUnreadable ? [{ name: 'wharfinger:versionUnreadable', value: 'true' }] : []),
    ],
  };
}

/** Names in two parts that people take apart: npm's `@scope/name`, Maven's `group:artifact`, Composer's `vendor/name`. */
const namesOfTwoParts: ReadonlyMap<string, RegExp> = new Map([
  ['composer', /^([^/]+)\/(.+)$/],
  ['maven', /^([^:]+):(.+)$/],
  ['npm', /^(@[^/]+)\/(.+)$/],
]);

function nameOf({ kind, name }: LocatedPackage): { group?: string; name: string } {
  const [, group, rest] = namesOfTwoParts.get(kind)?.exec(name) ?? [];
  return group === undefined || rest === undefined ? { name } : { group, name: rest };
}

function identityOf({ kind, name, version, architecture, path, layer }: LocatedPackage): string {
  return JSON.stringify([kind, name, version, architecture, path, layer]);
}

function byNameAndPlace(a: LocatedPackage, b: LocatedPackage): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.path, b.path) ||
    compareText(identityOf(a), identityOf(b))
  );
}

function firstFree(candidates: readonly string[], taken: ReadonlySet<string>): string {
  const free = candidates.find((candidate) => !taken.has(candidate));
  if (free !== undefined) return free;
  for (let number = 2; ; number += 1) {
    const candidate = `${candidates.at(-1)}~${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
