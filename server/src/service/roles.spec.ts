import { describe, expect, it } from 'vitest';
import { parseRoles } from './roles.ts';

describe('roles', () => {
  it.each([
    [undefined, ['api', 'jobs', 'scan']],
    ['api', ['api']],
    ['scan, api', ['api', 'scan']],
    ['jobs,jobs', ['jobs']],
  ])('%s: %o', (text, roles) => {
    expect([...parseRoles(text)]).toEqual(roles);
  });

  it.each(['', 'all', 'api,', 'API'])('%j is refused', (text) => {
    expect(() => parseRoles(text)).toThrow(/^--roles: ".*" is no role; the roles are api, jobs, scan$/);
  });
});
