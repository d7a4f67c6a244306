import { z } from 'zod';
import { outsideAction } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { stringField } from '../../platform/wire-types.ts';
import { requireEdition } from '../../subscriptions/index.ts';
import { checkRegistry, checkRegistryUrl } from '../open-registry.ts';
import { findRegistryByName, insertRegistry, listRegistries, mostRegistries } from '../registry-store.ts';
import { startSync } from '../start-sync.ts';
import { nameTaken, settingFields, storedResponse, toSettings } from './registry-fields.ts';

export const addAssetImageRegistryRegistryDetail = outsideAction({
  api: 'tcss/2020-11-01',
  name: 'AddAssetImageRegistryRegistryDetail',
  summary: 'Connects a registry, looks whether it answers, and starts reading its catalogue.',
  request: z.strictObject({
    ...settingFields,
    WebhookUrl: stringField.max(1024).default(''),
    WebhookToken: stringField.max(4096).default(''),
  }),
  response: storedResponse,
  needs: { role: 'resource:write', edition: true },
  async handle({ request, platform, tenant, inTenant }) {
    checkRegistryUrl(request.Url);
    const settings = toSettings(request);
    const taken = await inTenant(async (tx) => {
      if ((await findRegistryByName(tx, tenant, settings.name)) !== undefined) return true;
      if ((await listRegistries(tx, tenant)).length < mostRegistries) return false;
      throw new ActionError(
        'FailedOperation.TooManyRegistries',
        `at most ${mostRegistries} registries can be connected`,
      );
    });
    if (taken) return nameTaken(settings.name);
    const login = { ...settings, password: request.Password };
    const check = await checkRegistry(platform, login);
    if (check.state === 'refused') return { HealthCheckErr: check.why, NameRepeatErr: '', RegistryId: 0 };
    const health = check.state === 'failed' ? check.health : undefined;
    const registryId = await inTenant(async (tx) => {
      const secrets = { webhookUrl: request.WebhookUrl, webhookToken: request.WebhookToken };
      const now = await platform.clock.now(tx);
      // It may have ended while the registry was asked.
      await requireEdition(tx, tenant, now);
      const id = await insertRegistry(tx, platform, tenant, { ...login, ...secrets, health }, now);
      if (id !== undefined) await startSync(tx, tenant, id);
      return id;
    });
    if (registryId === undefined) return nameTaken(settings.name);
    return { HealthCheckErr: health?.message ?? '', NameRepeatErr: '', RegistryId: registryId };
  },
});
