/**
 * A key that Go takes for one of these names, though it is written in other letters (`Layers` for `layers`); undefined where
 * there is none. Container runtimes are written in Go, and of several spellings the last counts for them: who writes more
 * than one shows them another image than the one that is scanned. Source: Go, `encoding/json`, `Unmarshal`.
 */
export function otherSpelling(value: unknown, names: readonly string[]): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const folded = new Set(names.map(fold));
  return Object.keys(value).find((key) => !names.includes(key) && folded.has(fold(key)));
}

/** Also of letters that only look like others when their case is left out: the long s, the sign for Kelvin. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}
