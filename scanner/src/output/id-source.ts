export interface IdSource {
  name: string;
  /** Where the id can be read up; absent where we know no place. */
  url?: string;
}

/** Who gives out ids of which form, and where an id can be read up. */
const sources: readonly { pattern: RegExp; name: string; url?: (id: string) => string }[] = [
  { pattern: /^CVE-\d{4}-\d{4,}$/, name: 'NVD', url: (id) => `https://nvd.nist.gov/vuln/detail/${id}` },
  { pattern: /^GHSA(-[0-9a-z]{4}){3}$/, name: 'GitHub', url: (id) => `https://github.com/advisories/${id}` },
  {
    pattern: /^(DSA|DLA)-\d+(-\d+)?$/,
    name: 'Debian',
    url: (id) => `https://security-tracker.debian.org/tracker/${id}`,
  },
  { pattern: /^GO-\d{4}-\d{4,}$/, name: 'Go', url: (id) => `https://pkg.go.dev/vuln/${id}` },
  { pattern: /^PYSEC-\d{4}-\d+$/, name: 'PyPI', url: osv },
  { pattern: /^RUSTSEC-\d{4}-\d{4}$/, name: 'RustSec', url: (id) => `https://rustsec.org/advisories/${id}.html` },
  { pattern: /^AL[SBE]A-\d{4}:\w+$/, name: 'AlmaLinux', url: osv },
  { pattern: /^MAL-\d{4}-\d+$/, name: 'OpenSSF malicious packages', url: osv },
  { pattern: /^ALPINE-CVE-\d{4}-\d{4,}$/, name: 'Alpine', url: osv },
];

/** Where an id comes from; without a place to read it up where we know none. */
export function sourceOf(id: string): IdSource {
  const source = sources.find(({ pattern }) => pattern.test(id));
  if (source === undefined) return { name: 'advisory database' };
  return { name: source.name, ...(source.url ? { url: source.url(id) } : {}) };
}

function osv(id: string): string {
  return `https://osv.dev/vulnerability/${id}`;
}
