import { knownBeginnings, knownGroups } from './known-groups.ts';

/** Those that moved: the group from each first version on, the newest first. */
const moved: ReadonlyMap<string, readonly (readonly [major: number, group: string])[]> = new Map([
  [
    'annotations',
    [
      [13, 'org.jetbrains'],
      [4, 'com.google.android'],
      [0, 'com.google.code.findbugs'],
    ],
  ],
  [
    'dom4j',
    [
      [2, 'org.dom4j'],
      [0, 'dom4j'],
    ],
  ],
  [
    'groovy',
    [
      [4, 'org.apache.groovy'],
      [0, 'org.codehaus.groovy'],
    ],
  ],
  [
    'hibernate-core',
    [
      [6, 'org.hibernate.orm'],
      [0, 'org.hibernate'],
    ],
  ],
  ...['logging-interceptor', 'mockwebserver', 'okhttp', 'okhttp-sse', 'okhttp-urlconnection'].map(okHttp),
  [
    'rxjava',
    [
      [3, 'io.reactivex.rxjava3'],
      [2, 'io.reactivex.rxjava2'],
      [0, 'io.reactivex'],
    ],
  ],
]);

function okHttp(artifact: string): readonly [string, readonly (readonly [number, string])[]] {
  return [
    artifact,
    [
      [3, 'com.squareup.okhttp3'],
      [0, 'com.squareup.okhttp'],
    ],
  ];
}

/** An identifier such as `org.example.thing`. */
const dotted = /^[a-z_][\w-]*(?:\.[\w-]+)+$/i;

/** Owners of many projects, each of which has a group of its own: no library stands in these themselves. */
const ownersOfProjects = new Set([
  'com.github',
  'com.google',
  'com.netflix',
  'io.github',
  'org.apache',
  'org.codehaus',
  'org.eclipse',
]);

/**
 * The group of an artifact by what is known of it, else by what its manifest tells, else by the folder that all its classes
 * lie in, with a `/` behind; undefined where none says.
 */
export function groupOf(
  artifact: string,
  version: string,
  manifest: ReadonlyMap<string, string>,
  classes = '',
): string | undefined {
  return (
    movedGroup(artifact, version) ?? knownGroup(artifact) ?? told(manifest, artifact) ?? ofClasses(classes, artifact)
  );
}

function movedGroup(artifact: string, version: string): string | undefined {
  const major = Number.parseInt(version, 10);
  return moved.get(artifact)?.find(([first]) => major >= first)?.[1];
}

function knownGroup(artifact: string): string | undefined {
  const exact = knownGroups.get(artifact);
  if (exact !== undefined) return exact;
  const beginning = knownBeginnings.find((name) => artifact.startsWith(name));
  return beginning === undefined ? undefined : knownGroups.get(beginning);
}

/** `Implementation-Vendor-Id` is the group by its definition; a bundle's name is the group, perhaps with the artifact behind it. */
function told(manifest: ReadonlyMap<string, string>, artifact: string): string | undefined {
  const vendor = manifest.get('Implementation-Vendor-Id') ?? '';
  if (dotted.test(vendor) && !ownersOfProjects.has(vendor)) return vendor;
  for (const attribute of ['Bundle-SymbolicName', 'Automatic-Module-Name', 'Extension-Name']) {
    const name = (manifest.get(attribute) ?? '').split(';', 1)[0]?.trim() ?? '';
    if (dotted.test(name)) return withoutArtifact(name, artifact);
  }
  return undefined;
}

/**
 * `org.slf4j.api` of `slf4j-api` is `org.slf4j`, `org.mongodb.driver-core` of `mongodb-driver-core` is `org.mongodb`,
 * `com.example.thing` of `thing` is `com.example`; but `org.apache.velocity` of `velocity` is a group.
 */
function withoutArtifact(name: string, artifact: string): string {
  const dot = name.lastIndexOf('.');
  const [before, last] = [name.slice(0, dot), name.slice(dot + 1)];
  const isOfArtifact = artifact === last || inWords(artifact).includes(inWords(last));
  return isOfArtifact && before.includes('.') && !ownersOfProjects.has(before) ? before : name;
}

/**
 * `org/elasticsearch/cli/` of `elasticsearch-cli` is of `org.elasticsearch`, `org/apache/geode/` of `geode-core` of
 * `org.apache.geode`. Without the owner's name in the artifact's it would be a guess, and wrong as often as not.
 */
function ofClasses(folder: string, artifact: string): string | undefined {
  const [domain = '', owner = '', project = ''] = folder.split('/');
  if (!/^[a-z]{2,4}$/.test(domain)) return undefined;
  const isOwner = !ownersOfProjects.has(`${domain}.${owner}`);
  const name = isOwner ? owner : project;
  if (!/^[a-z]\w{2,}$/.test(name) || !artifact.toLowerCase().startsWith(name)) return undefined;
  return isOwner ? `${domain}.${owner}` : `${domain}.${owner}.${project}`;
}

/** With `-` around each of its words. */
function inWords(text: string): string {
  return `-${text.toLowerCase().replaceAll(/[-_.]/g, '-')}-`;
}
