import { z } from 'zod';
import { outsideAction } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { int64Field } from '../../platform/wire-types.ts';
import { checkRegistry, checkRegistryUrl, sameAddress } from '../open-registry.ts';
import { isMasked } from '../registry.ts';
import { findRegistryByName, openRegistryPassword, readRegistry, updateRegistry } from '../registry-store.ts';
import { startSync } from '../start-sync.ts';
import { nameTaken, settingFields, storedResponse, toSettings } from './registry-fields.ts';

export const updateAssetImageRegistryRegistryDetail = outsideAction({
  api: 'tcss/2020-11-01',
  name: 'UpdateAssetImageRegistryRegistryDetail',
  summary: 'Changes a connected registry and reads its catalogue again; a masked password stays what it was.',
  request: z.strictObject({ ...settingFields, RegistryId: int64Field.optional() }),
  response: storedResponse,
  needs: { role: 'resource:write', edition: true },
  async handle({ request, platform, tenant, inTenant }) {
    if (request.RegistryId === undefined) {
      throw new ActionError('InvalidParameter.MissingParameter', 'RegistryId: say which registry is to be changed');
    }
    checkRegistryUrl(request.Url);
    const id = BigInt(request.RegistryId);
    const settings = toSettings(request);
    const known = await inTenant(async (tx) => {
      const registry = await readRegistry(tx, tenant, id);
      // Whoever may change the address must not have the stored password sent to a place of their own.
      if (isMasked(request.Password) && registry.hasPassword && !sameAddress(registry.url, settings.url)) {
        throw new ActionError(
          'InvalidParameterValue',
          'Password: give it again, since the registry has another address',
        );
      }
      const holder = await findRegistryByName(tx, tenant, settings.name);
      const password = isMasked(request.Password)
        ? await openRegistryPassword(tx, platform, tenant, id)
        : request.Password;
      return { nameIsTaken: holder !== undefined && holder !== id, password };
    });
    if (known.nameIsTaken) return nameTaken(settings.name);
    const check = await checkRegistry(platform, { ...settings, password: known.password });
    if (check.state === 'refused') return { HealthCheckErr: check.why, NameRepeatErr: '', RegistryId: 0 };
    const health = check.state === 'failed' ? check.health : undefined;
    const stored = await inTenant(async (tx) => {
      const before = await readRegistry(tx, tenant, id, { lock: true });
      if (isMasked(request.Password) && before.hasPassword && !sameAddress(before.url, settings.url)) {
        throw new ActionError('FailedOperation', 'the registry was changed at the same moment; look again');
      }
      if (!(await updateRegistry(tx, platform, tenant, id, { ...settings, password: request.Password, health })))
        return false;
      await startSync(tx, tenant, id);
      return true;
    });
    if (!stored) return nameTaken(settings.name);
    return { HealthCheckErr: health?.message ?? '', NameRepeatErr: '', RegistryId: id };
  },
});
