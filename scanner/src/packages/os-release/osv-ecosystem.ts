/** Testing and unstable name no VERSION_ID, only the release that they will become. */
const debianReleases: ReadonlyMap<string, string> = new Map([
  ['buster', '10'],
  ['bullseye', '11'],
  ['bookworm', '12'],
  ['trixie', '13'],
  ['forky', '14'],
  ['duke', '15'],
]);

type Rule = (values: ReadonlyMap<string, string>) => string | undefined;

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['almalinux', (values) => withRelease('AlmaLinux', major(values))],
  ['alpine', (values) => withRelease('Alpine', majorMinor(values, 'v'))],
  ['azurelinux', (values) => withRelease('Azure Linux', major(values))],
  ['chainguard', () => 'Chainguard'],
  ['debian', (values) => withRelease('Debian', major(values) ?? debianTesting(values))],
  ['mageia', (values) => withRelease('Mageia', major(values))],
  ['opensuse-leap', (values) => withRelease('openSUSE', majorMinor(values, 'Leap '))],
  ['rocky', (values) => withRelease('Rocky Linux', major(values))],
  ['ubuntu', (values) => withRelease('Ubuntu', ubuntuRelease(values))],
  ['wolfi', () => 'Wolfi'],
]);

/**
 * The OSV name of a distribution's release, such as `Debian:11`, `Alpine:v3.10` or `Ubuntu:22.04:LTS`; undefined where
 * advisories have none or the release is not told. Source: the OSV schema, "Defined ecosystems".
 */
export function osvEcosystem(values: ReadonlyMap<string, string>): string | undefined {
  return rules.get(values.get('ID') ?? '')?.(values);
}

function withRelease(name: string, release: string | undefined): string | undefined {
  return release === undefined ? undefined : `${name}:${release}`;
}

function major(values: ReadonlyMap<string, string>): string | undefined {
  return /^(\d{1,4})(?:\.|$)/.exec(values.get('VERSION_ID') ?? '')?.[1];
}

function majorMinor(values: ReadonlyMap<string, string>, prefix: string): string | undefined {
  const release = /^(\d{1,4}\.\d{1,4})(?:[._]|$)/.exec(values.get('VERSION_ID') ?? '')?.[1];
  return release === undefined ? undefined : prefix + release;
}

/** `VERSION_CODENAME=trixie`, or only `PRETTY_NAME="Debian GNU/Linux trixie/sid"`. */
function debianTesting(values: ReadonlyMap<string, string>): string | undefined {
  const codename =
    values.get('VERSION_CODENAME') ?? /([a-z]+)\/sid$/.exec((values.get('PRETTY_NAME') ?? '').slice(-40))?.[1];
  return debianReleases.get(codename ?? '');
}

/** Every second April's release has long-term support, and OSV says so in the name. */
function ubuntuRelease(values: ReadonlyMap<string, string>): string | undefined {
  const found = /^(\d{1,2})\.(\d{2})$/.exec(values.get('VERSION_ID') ?? '');
  if (found === null) return undefined;
  return Number(found[1]) % 2 === 0 && found[2] === '04' ? `${found[0]}:LTS` : found[0];
}
