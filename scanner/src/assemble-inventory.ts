import { notCarriedOut } from './inventory/carried-out.ts';
import { malwareFilter } from './inventory/malware-filter.ts';
import { type Owner, ownersOf, withOwners } from './inventory/owners.ts';
import { type StandingFile, VisibleFiles } from './inventory/visible-files.ts';
import { isVersionReadable } from './matching/subjects.ts';
import type {
  ImageConfig,
  Inventory,
  LayerIndex,
  LocatedPackage,
  MalwareFinding,
  OperatingSystem,
  Package,
  Reason,
  SecretFinding,
} from './model.ts';
import { lockExtractors } from './packages/lock-extractors.ts';
import { supportEnds } from './packages/os-release/support-ends.ts';
import { findMisconfigurations } from './misconfiguration/index.ts';
import { databasePaths } from './reading/database-paths.ts';
import type { SecretRules } from './secrets/index.ts';
import { scanConfigSecrets } from './secrets/scan-config.ts';

/** The standard says which of the two counts. */
const osReleasePaths = ['etc/os-release', 'usr/lib/os-release'];

/**
 * Puts the layers (bottom up) together as a container would see them. Packages and malware are those of the top view;
 * secrets are those of every layer, since whoever pulls the image can read them all. Without `secretRules` the
 * configuration is not searched.
 */
export function assembleInventory(
  config: ImageConfig,
  layers: readonly LayerIndex[],
  secretRules?: SecretRules,
): Inventory {
  const files = new VisibleFiles();
  for (const index of layers) files.put(index);
  const visible = [...files.visible];
  const standing = visible.filter((one) => isInPlace(one, files));
  const operatingSystem = operatingSystemOf(standing);
  const found = standing.filter((one) => !isLock(one)).flatMap(packagesOf);
  const owners = ownersOf(standing, found, files);
  const isFinding = malwareFilter(standing, owners, layers[0]?.diffId);
  const configSecrets = secretRules === undefined ? [] : scanConfigSecrets(secretRules, config);
  return {
    ...(operatingSystem === undefined ? {} : { operatingSystem }),
    packages: allPackages(standing, found, owners, operatingSystem),
    secrets: [...fileSecrets(visible, files.hidden), ...configSecrets],
    malware: visible.flatMap((one) => malwareOf(one, isFinding)),
    misconfigurations: findMisconfigurations(config, {
      files: visible.map(({ path, file: { sizeBytes, mode, cache } }) => ({
        path,
        sizeBytes,
        ...(mode === undefined ? {} : { mode }),
        ...(cache === undefined ? {} : { cache }),
      })),
      folders: new Map(layers.flatMap(({ folders = [] }) => folders.map(({ path, mode }) => [path, mode]))),
      configSecrets,
    }),
    incomplete: layers.flatMap(({ incomplete, diffId }) =>
      incomplete.map((reason): Reason => ({ ...reason, layer: diffId })),
    ),
  };
}

/** A database that was read under another path counts where links lead from there to it. */
function isInPlace({ path, file }: StandingFile, files: VisibleFiles): boolean {
  if (file.as === undefined) return true;
  return databasePaths(file.as).some((database) => files.links.resolve(database) === path);
}

function operatingSystemOf(standing: readonly StandingFile[]): OperatingSystem | undefined {
  const told = standing.filter(({ file }) => file.operatingSystem !== undefined);
  const rank = ({ path }: StandingFile) => (osReleasePaths.includes(path) ? osReleasePaths.indexOf(path) : 2);
  const system = told.toSorted((a, b) => rank(a) - rank(b))[0]?.file.operatingSystem;
  const day = system === undefined ? undefined : supportEnds(system);
  return system === undefined || day === undefined ? system : { ...system, supportEnds: day };
}

/** What is installed, and what lock files tell beyond that; with owners, and without what would be told twice. */
function allPackages(
  standing: readonly StandingFile[],
  found: readonly LocatedPackage[],
  owners: ReadonlyMap<string, Owner>,
  system: OperatingSystem | undefined,
): LocatedPackage[] {
  const installed = withOwners(found, owners);
  const locked = standing.filter(isLock).flatMap(packagesOf);
  const packages = [...installed, ...notCarriedOut(locked, found)];
  return packages.map((one) => (isVersionReadable(one, system) ? one : { ...one, versionUnreadable: true }));
}

function isLock({ file }: StandingFile): boolean {
  return file.extractor !== undefined && lockExtractors.has(file.extractor);
}

/**
 * A package belongs to the lowest layer from which it stands unchanged to the top: each layer that installs something
 * writes dpkg's whole database anew.
 */
function packagesOf({ path, layer, file, below }: StandingFile): LocatedPackage[] {
  const located = new Map((file.packages ?? []).map((one) => [keyOf(one), { ...one, path, layer }]));
  const unchanged = new Set(located.keys());
  for (const earlier of below) {
    const there = new Set((earlier.file.packages ?? []).map(keyOf));
    for (const key of unchanged) {
      const one = located.get(key);
      if (!there.has(key)) unchanged.delete(key);
      else if (one !== undefined) one.layer = earlier.layer;
    }
    if (unchanged.size === 0) break;
  }
  return [...located.values()];
}

function keyOf({ kind, name, version, architecture, source }: Package): string {
  return JSON.stringify([kind, name, version, architecture, source?.name, source?.version]);
}

/** A secret that stands in several versions of a file is told once: by the one that is seen, else by the lowest. */
function fileSecrets(visible: readonly StandingFile[], hidden: readonly StandingFile[]): SecretFinding[] {
  const told = new Set<string>();
  const findings: SecretFinding[] = [];
  const tell = ({ path, layer, file }: StandingFile, isHidden: boolean) => {
    const fresh = (file.secrets ?? []).filter((hit) => !told.has(`${hit.rule} ${hit.fingerprint} ${path}`));
    for (const hit of fresh) findings.push({ ...hit, path, layer, hidden: isHidden });
    for (const hit of fresh) told.add(`${hit.rule} ${hit.fingerprint} ${path}`);
  };
  for (const one of visible) tell(one, false);
  for (const one of hidden) tell(one, true);
  return findings;
}

function malwareOf(one: StandingFile, isFinding: ReturnType<typeof malwareFilter>): MalwareFinding[] {
  const { path, layer, file } = one;
  const { malware = [], sizeBytes, md5 = '', sha256 = '' } = file;
  const findings = malware.filter((hit) => isFinding(one, hit));
  return findings.map(({ inside, ...hit }) =>
    inside === undefined
      ? { ...hit, path, layer, sizeBytes, md5, sha256 }
      : { ...hit, layer, ...inside, path: `${path}!/${inside.path}` },
  );
}
