/** What a process of the service does. One process has all roles unless `--roles` says otherwise. */
import { jobRoles } from '../platform/jobs/index.ts';

export const roles = ['api', ...jobRoles] as const;

/** `api`: serves requests; `jobs`: timers and background work; `scan`: reads images. */
export type Role = (typeof roles)[number];

/** Reads `api,scan`. Throws with one line for a word that is no role. */
export function parseRoles(text: string | undefined): ReadonlySet<Role> {
  if (text === undefined) return new Set(roles);
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !(roles as readonly string[]).includes(word));
  if (unknown !== undefined) throw new Error(`--roles: "${unknown}" is no role; the roles are ${roles.join(', ')}`);
  return new Set(roles.filter((role) => words.includes(role)));
}
