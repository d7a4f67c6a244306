/** What of a file's or folder's permissions and place is worth telling, decided while a layer is read. */

const setuid = 0o4000;
const setgid = 0o2000;
const sticky = 0o1000;
const worldWritable = 0o002;

/** Below these only root has to write. */
const systemFolders = /^(?:bin|boot|etc|lib(?:32|64|x32)?|opt|sbin|usr)(?:\/|$)/;

/** Folders that are told of with their permissions in each layer: the last one that tells counts. */
const watchedFolders = new Set([
  'bin',
  'boot',
  'etc',
  'etc/cron.d',
  'etc/cron.daily',
  'etc/init.d',
  'etc/ld.so.conf.d',
  'etc/pam.d',
  'etc/profile.d',
  'etc/ssl',
  'etc/sudoers.d',
  'home',
  'lib',
  'lib64',
  'opt',
  'root',
  'sbin',
  'srv',
  'usr',
  'usr/bin',
  'usr/lib',
  'usr/lib64',
  'usr/local',
  'usr/local/bin',
  'usr/local/lib',
  'usr/local/sbin',
  'usr/sbin',
  'usr/share',
  'var',
  'var/lib',
  'var/log',
]);

/** What package managers keep for the next installation, which an image never sees. */
const caches: readonly [manager: string, pattern: RegExp][] = [
  ['apt', /^var\/(?:lib\/apt\/lists\/.|cache\/apt\/(?:archives\/[^/]+\.deb$|\w+\.bin$))/],
  ['apk', /^var\/cache\/apk\/./],
  ['dnf', /^var\/cache\/(?:dnf|yum|libdnf5)\/./],
  ['zypper', /^var\/cache\/zypp\/./],
  ['pip', /^(?:root|home\/[^/]+)\/\.cache\/pip\/./],
  ['npm', /^(?:root|home\/[^/]+)\/\.npm\/_cacache\/./],
  ['yarn', /^(?:usr\/local\/share\/\.cache\/yarn|(?:root|home\/[^/]+)\/\.cache\/yarn)\/./],
  ['go', /^(?:(?:root|home\/[^/]+)\/go|go)\/pkg\/mod\/cache\/./],
  ['cargo', /^(?:usr\/local\/cargo|(?:root|home\/[^/]+)\/\.cargo)\/registry\/cache\/./],
  ['maven', /^(?:root|home\/[^/]+)\/\.m2\/repository\/./],
  ['gradle', /^(?:root|home\/[^/]+)\/\.gradle\/caches\/./],
];

export interface FileHazard {
  /** Permission bits, where they let others do what they should not. */
  mode?: number;
  /** The package manager whose cache the file lies in. */
  cache?: string;
}

/** Undefined for a file without anything to tell. */
export function fileHazard(path: string, mode: number, sizeBytes: number): FileHazard | undefined {
  const tells = (mode & (setuid | setgid)) !== 0 || ((mode & worldWritable) !== 0 && systemFolders.test(path));
  // The markers that keep an empty cache in place have no bytes.
  const cache = sizeBytes === 0 ? undefined : caches.find(([, pattern]) => pattern.test(path))?.[0];
  if (!tells && cache === undefined) return undefined;
  return { ...(tells ? { mode: mode & 0o7777 } : {}), ...(cache === undefined ? {} : { cache }) };
}

export function isWatchedFolder(path: string): boolean {
  return watchedFolders.has(path);
}

export function isSetuid(mode: number): boolean {
  return (mode & (setuid | setgid)) !== 0;
}

/** Everybody may write, and of a folder also take away what is others'. */
export function isWorldWritable(mode: number, isFolder: boolean): boolean {
  return (mode & worldWritable) !== 0 && (!isFolder || (mode & sticky) === 0);
}

/** `4755`, as `chmod` takes it. */
export function modeText(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
