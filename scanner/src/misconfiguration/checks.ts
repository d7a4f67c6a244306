/** What is looked at in an image's configuration, history and files: each check with its reason and what mends it. */
import type { Severity } from '../model.ts';
import type { BuildStep } from './build-steps.ts';
import { isSetuid, isWorldWritable, modeText } from './file-hazards.ts';
import type { ImageFacts } from './image-facts.ts';

/** Where it stands: a path, `env:NAME`, `history:3`, `port:22`, `config:User`. */
export interface Evidence {
  place: string;
  detail?: string;
}

export interface Check {
  /** Stable; ignore files name it. */
  id: string;
  /** The item of the CIS Docker Benchmark (1.6) that it is of, where there is one. */
  benchmark?: string;
  title: string;
  reason: string;
  mend: string;
  /** Nothing where all is well. */
  find: (facts: ImageFacts) => { severity: Exclude<Severity, 'unknown'>; evidence: Evidence[] } | undefined;
}

/** In the order of the benchmark. */
export const checks: readonly Check[] = [
  {
    id: 'root-user',
    benchmark: '4.1',
    title: 'Containers of it run as root',
    reason: 'Whoever breaks out of the process is root in the container, and nearer to root on its host.',
    mend: 'Create a user in the build file and end it with USER and that name.',
    find: ({ config }) =>
      config.user !== undefined && /^(?:|root|0+)(?::|$)/.test(config.user)
        ? { severity: 'medium', evidence: [{ place: 'config:User', detail: config.user || 'not set' }] }
        : undefined,
  },
  {
    id: 'package-cache',
    benchmark: '4.3',
    title: 'It holds caches of package managers',
    reason: 'They are never read again: they make the image larger, and scanners and pulls slower.',
    mend: 'Remove them in the step that installs, such as: apt-get clean && rm -rf /var/lib/apt/lists/*, apk --no-cache, pip --no-cache-dir.',
    find: ({ files }) => {
      const byManager = Map.groupBy(
        files.filter(({ cache }) => cache !== undefined),
        ({ cache }) => cache ?? '',
      );
      return told(
        'low',
        [...byManager].map(([manager, members]) => ({
          place: folderOf(members.map(({ path }) => path)),
          detail: `${manager}: ${megabytes(members.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))}`,
        })),
      );
    },
  },
  {
    id: 'no-health-check',
    benchmark: '4.6',
    title: 'It has no health check',
    reason: 'A container that hangs is taken for one that works.',
    mend: 'Add HEALTHCHECK to the build file; a probe of the orchestrator serves as well.',
    find: ({ config }) =>
      config.healthCheck === false ? { severity: 'low', evidence: [{ place: 'config:Healthcheck' }] } : undefined,
  },
  {
    id: 'update-alone',
    benchmark: '4.7',
    title: 'Package lists are updated in a step of their own',
    reason:
      'The step stays in the build cache: later builds install from lists that are old, without their security updates.',
    mend: 'Update and install in one RUN, and pin what is installed.',
    find: steps('low', ({ instruction, text }) => instruction === 'RUN' && updatesAlone(text)),
  },
  {
    id: 'setuid-files',
    benchmark: '4.8',
    title: 'Programs run with the rights of their owner',
    reason: 'A flaw in one of them makes any user of the container its owner, mostly root.',
    mend: 'Take the bits away where nobody needs them: chmod a-s and the path.',
    find: ({ files }) => {
      const found = files.filter(({ mode = 0 }) => isSetuid(mode));
      return told(
        found.some(({ path }) => !usualSetuid.test(path)) ? 'medium' : 'low',
        found.map(({ path, mode = 0 }) => ({ place: path, detail: modeText(mode) })),
      );
    },
  },
  {
    id: 'world-writable',
    title: 'Everybody may write where the system lies',
    reason: 'Any process of the container can replace programs and settings that others trust.',
    mend: 'Take the permission away: chmod o-w and the path.',
    find: ({ files, folders }) =>
      told('high', [
        ...[...folders].flatMap(([path, mode]) =>
          isWorldWritable(mode, true) ? { place: `${path}/`, detail: modeText(mode) } : [],
        ),
        ...files.flatMap(({ path, mode }) =>
          mode !== undefined && isWorldWritable(mode, false) ? { place: path, detail: modeText(mode) } : [],
        ),
      ]),
  },
  {
    id: 'add-from-network',
    benchmark: '4.9',
    title: 'A build step adds from the network',
    reason: 'What ADD fetches is not checked: another build, or somebody on the way, may give other content.',
    mend: 'Use ADD --checksum=sha256:…, or fetch in a RUN that compares a digest; COPY for local files.',
    find: steps(
      'medium',
      ({ instruction, text }) =>
        instruction === 'ADD' &&
        /(?:^|\s)(?:https?|ftp|git|ssh):\/\/|(?:^|\s)git@/.test(text) &&
        !/--checksum=/.test(text),
    ),
  },
  {
    id: 'secret-in-configuration',
    benchmark: '4.10',
    title: 'The image’s configuration holds sensitive data',
    reason: 'Environment, labels and history are readable for everybody who may pull the image.',
    mend: 'Give it at run time or by a secret of the build (RUN --mount=type=secret), and change it: it is known now.',
    find: ({ configSecrets }) =>
      told(
        'high',
        configSecrets.map(({ path, title }) => ({ place: path, detail: title })),
      ),
  },
  {
    id: 'unverified-download',
    benchmark: '4.11',
    title: 'A build step trusts what it did not check',
    reason: 'Scripts piped into a shell and packages without a checked signature run what the network gives.',
    mend: 'Fetch, compare with a digest, then run; keep the checks of certificates and signatures on.',
    find: steps(
      'medium',
      ({ instruction, text }) => instruction === 'RUN' && unverified.some((each) => each.test(text)),
    ),
  },
  {
    id: 'ssh-server',
    benchmark: '5.6',
    title: 'It runs or expects an SSH server',
    reason: 'Logins to containers go past the orchestrator’s rights and records.',
    mend: 'Use the orchestrator’s exec, and take the server out.',
    find: ({ config }) => {
      const runs = (config.command ?? []).some((word) => /(?:^|[/\s])sshd(?:\s|$)/.test(word));
      const listens = (config.exposedPorts ?? []).some((port) => /^22(?:\/tcp)?$/.test(port));
      return told('medium', [
        ...(runs ? [{ place: 'config:Cmd', detail: 'sshd' }] : []),
        ...(listens ? [{ place: 'port:22/tcp' }] : []),
      ]);
    },
  },
  {
    id: 'privileged-port',
    benchmark: '5.7',
    title: 'It listens on ports that only root may open',
    reason: 'Ports below 1024 ask for root, or for a capability that containers do not need.',
    mend: 'Listen above 1024 and map the port outside.',
    find: ({ config }) =>
      told(
        'low',
        (config.exposedPorts ?? [])
          .filter((port) => Number.parseInt(port, 10) < 1024 && !/^22(?:\/tcp)?$/.test(port))
          .map((port) => ({ place: `port:${port}` })),
      ),
  },
];

function steps(severity: Exclude<Severity, 'unknown'>, isBad: (step: BuildStep) => boolean): Check['find'] {
  return ({ steps: all }) =>
    told(
      severity,
      all.filter(isBad).map(({ index }) => ({ place: `history:${index}` })),
    );
}

function told(severity: Exclude<Severity, 'unknown'>, evidence: Evidence[]): ReturnType<Check['find']> {
  return evidence.length === 0 ? undefined : { severity, evidence };
}

const managers = /\b(?:apt-get|apt|yum|dnf|microdnf|apk|zypper)\b/;

function updatesAlone(text: string): boolean {
  return (
    managers.test(text) &&
    /\b(?:apt-get|apt|apk)\s[^&|;]{0,80}\bupdate\b|\b(?:yum|dnf|microdnf)\s[^&|;]{0,80}\bmakecache\b|\bzypper\s[^&|;]{0,80}\bref(?:resh)?\b/.test(
      text,
    ) &&
    !/\b(?:install|add|upgrade|dist-upgrade|in)\b/.test(text)
  );
}

const unverified = [
  /\b(?:curl|wget)\b[^|;&]{0,400}\|\s*(?:sudo\s+)?(?:\/\S{0,40}\/)?(?:ba|da|z|a)?sh\b/,
  /\bcurl\b[^|;&]{0,400}\s(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure)\b/,
  /\bwget\b[^|;&]{0,400}\s--no-check-certificate\b/,
  /\bapt(?:-get)?\b[^|;&]{0,200}\s(?:--allow-unauthenticated|--force-yes)\b/,
  /\bapk\b[^|;&]{0,200}\s--allow-untrusted\b/,
  /\b(?:yum|dnf|zypper)\b[^|;&]{0,200}\s--no-?gpg-?checks?\b/,
  /\bpip3?\b[^|;&]{0,200}\s--trusted-host\b/,
  /\bnpm\b[^|;&]{0,200}\sstrict-ssl[ =]false\b/,
  /\bNODE_TLS_REJECT_UNAUTHORIZED=0\b|\bGIT_SSL_NO_VERIFY=(?:1|true)\b/,
];

/** What distributions bring with the bit, and need it for. */
const usualSetuid =
  /^(?:usr\/)?(?:s?bin|lib(?:exec)?)\/(?:(?:[\w.-]+\/)*)(?:bbsuid|chage|chfn|chsh|crontab|dbus-daemon-launch-helper|doas|expiry|fusermount3?|gpasswd|mount|newgidmap|newgrp|newuidmap|passwd|pam_timestamp_check|ping6?|pkexec|polkit-agent-helper-1|ssh-agent|ssh-keysign|staprun|su|sudo|sudoedit|traceroute6?|umount|unix_chkpwd|unix_update|userhelper|usernetctl|utempter|wall|write)$/;

/** The deepest folder that all are in. */
function folderOf(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  for (const path of others) {
    while (!path.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  return folder;
}

function megabytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${Math.round(bytes / 1024 / 1024)} MB`;
}
