/** Finds an action by what a request says, or tells in the vendor's words why there is none. */
import type { AnyAction, ApiName } from '../platform/action.ts';
import { ActionError } from '../platform/errors.ts';
import { isOffline } from './contract/facts.ts';

export interface ActionRegistry {
  readonly actions: readonly AnyAction[];
  /** Throws `NoSuchVersion`, `ActionOffline`, `InvalidAction` or `MissingParameter`. */
  find(name: string | undefined, version: string | undefined): AnyAction;
}

/** Indexes the list of actions. Throws when two have one name in one API. */
export function createActionRegistry(actions: readonly AnyAction[]): ActionRegistry {
  const byVersion = new Map<string, { api: ApiName; byName: Map<string, AnyAction> }>();
  for (const action of actions) {
    const version = action.api.slice(action.api.indexOf('/') + 1);
    const api = byVersion.get(version) ?? { api: action.api, byName: new Map<string, AnyAction>() };
    byVersion.set(version, api);
    if (api.byName.has(action.name)) throw new Error(`two actions are named ${action.name} in ${action.api}`);
    api.byName.set(action.name, action);
  }
  return {
    actions,
    find(name, version) {
      if (!name) throw new ActionError('MissingParameter', 'the header X-TC-Action is missing');
      if (!version) throw new ActionError('MissingParameter', 'the header X-TC-Version is missing');
      const found = byVersion.get(version);
      if (!found) {
        const known = [...byVersion.keys()].join(', ');
        throw new ActionError(
          'NoSuchVersion',
          `there is no API of version ${version.slice(0, 40)}; known are ${known}`,
        );
      }
      const action = found.byName.get(name);
      if (action) return action;
      if (isOffline(found.api, name))
        throw new ActionError('ActionOffline', `${name} has been taken off by its vendor`);
      throw new ActionError('InvalidAction', `there is no action ${name.slice(0, 128)} in ${found.api}`);
    },
  };
}
