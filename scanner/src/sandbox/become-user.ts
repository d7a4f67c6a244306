/**
 * Gives root up for good. Done when the child has loaded its modules and rules: they may lie in a folder that only root can
 * read. Throws where it does not work, and the child ends.
 */
export function becomeUser(user: number | undefined): void {
  if (user === undefined) return;
  process.setgroups?.([]);
  process.setgid?.(user);
  process.setuid?.(user);
  if (process.getuid?.() !== user || process.geteuid?.() !== user || process.getegid?.() !== user) {
    throw new Error('could not give up root');
  }
}
