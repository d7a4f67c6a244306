/** Folders of what was installed: a lock file in them came with a package, whose author had used it. */
const installedFolders = /(?:^|\/)(?:node_modules|site-packages|dist-packages|gems|vendor|registry\/src|\.cargo)\//;

/** Whether the file is one of these lock files, and one of the image's own. */
export function isLockFile(path: string, names: readonly string[]): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return names.includes(name) && !installedFolders.test(path);
}
