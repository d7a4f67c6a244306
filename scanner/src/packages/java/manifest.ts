/** The main attributes of a `MANIFEST.MF`. Lines are folded after 72 bytes. Source: "JAR File Specification". */
export function readManifest(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  let name: string | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '' && attributes.size > 0) break;
    if (line.startsWith(' ')) {
      if (name !== undefined) attributes.set(name, (attributes.get(name) ?? '') + line.slice(1));
      continue;
    }
    const colon = line.indexOf(': ');
    name = colon < 1 ? undefined : line.slice(0, colon);
    if (name !== undefined) attributes.set(name, line.slice(colon + 2).trim());
  }
  return attributes;
}

/** `groupId`, `artifactId` and `version` of a `pom.properties`; undefined unless all are there. */
export function readPomProperties(text: string): { group: string; artifact: string; version: string } | undefined {
  const found = new Map<string, string>();
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, key, value] = /^[ \t]*(groupId|artifactId|version)[ \t]*[=:](.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) found.set(key, value.trim());
  }
  const [group, artifact, version] = ['groupId', 'artifactId', 'version'].map((key) => found.get(key) ?? '');
  // What Maven did not fill in is no version.
  if (!group || !artifact || !version || `${group}${artifact}${version}`.includes('${')) return undefined;
  return { group, artifact, version };
}
