const qualifiers = /-(?:alpha|beta|milestone|rc|cr|snapshot|pre|build|patch|m|b|p)-?\d/i;
/** Behind the version: for what system it is, or how it was packed. */
const classifier = /-(?:jar-with-dependencies|native|shaded|(?:linux|macos|natives|osx|windows)(?:[-_]\w+)*)$/;
const furtherName = /-[a-z]{2,}-\d+\.\d/i;
/** For what the library is built, as part of its version: `30.1.1-jre-15.0`. */
const builtFor = /^-\d[\w.]*-(?:jre|jdk\d*|android|final|ga|release)\b/i;

/** No file system takes longer ones; in an archive there may be. */
const maxNameLength = 255;

/** `commons-lang3` and `3.12.0` of `commons-lang3-3.12.0.jar`; the version is undefined where the name tells none. */
export function splitJarName(fileName: string): { artifact: string; version: string | undefined } {
  const stem = fileName.replace(/\.(?:jar|war|ear)$/i, '').replace(/-(?:sources|javadoc|tests)$/, '');
  if (stem.length > maxNameLength) return { artifact: stem, version: undefined };
  for (let at = stem.indexOf('-'); at !== -1; at = stem.indexOf('-', at + 1)) {
    const rest = stem.slice(at);
    if (!/^-\d/.test(rest)) continue;
    // `log4j-1.2-api-2.17.0`: there is more of the name behind the first number.
    if (furtherName.test(rest) && !qualifiers.test(rest) && !builtFor.test(rest)) continue;
    if (isSeries(rest)) continue;
    return { artifact: stem.slice(0, at), version: rest.slice(1).replace(classifier, '') };
  }
  return { artifact: stem, version: undefined };
}

/**
 * `asm-9-9.2`, `zookeeper-3-3.5.9`, `guava-26_0-jre-0.1`: the series or the version of what it was made from goes into the
 * name where several may stand together.
 */
function isSeries(rest: string): boolean {
  const [, series, major] = /^-(\d+)-(\d+)\.\d/.exec(rest) ?? [];
  return (series !== undefined && series === major) || /^-\d+(?:_\d+)+-(?:[a-z]+-)?\d+\.\d/.test(rest);
}
