import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { stringField, uint64Field, wireUint64 } from '../../platform/wire-types.ts';
import type { RegistryImageText } from '../../assets/index.ts';
import { choosePlaces, namedChoice } from '../catalogue.ts';
import { withoutResult } from '../recommended.ts';
import { createScanTask } from '../create-task.ts';
import { imageIdsField, imageInfosField } from '../image-info.ts';
import { riskClassesOf } from '../risk-classes.ts';
import { scanTypesField, timeoutField, timeoutSeconds } from '../task-fields.ts';

const namesField = z.array(stringField.max(512)).max(1_000).optional();

export const createAssetImageRegistryScanTaskOneKey = action({
  api: 'tcss/2020-11-01',
  name: 'CreateAssetImageRegistryScanTaskOneKey',
  summary: 'The one-click scan of registry images: all, chosen ones, or those that need it. One runs at a time.',
  request: z.strictObject({
    All: z.boolean().optional(),
    Images: imageInfosField,
    ScanType: scanTypesField,
    Id: imageIdsField,
    ExcludeIDs: imageIdsField,
    IsLatest: z.boolean().optional(),
    ScanScope: uint64Field.max(2).optional(),
    RegistryType: namesField,
    Namespace: namesField,
    ContainerRunning: z.boolean().optional(),
    Timeout: timeoutField,
  }),
  response: z.object({ TaskID: wireUint64 }),
  needs: { edition: true, role: 'resource:write' },
  async handle({ tx, tenant, now, request }) {
    const named = namedChoice(request);
    const scope = request.ScanScope ?? (named && request.All !== true ? scopes.chosen : scopes.all);
    if (scope === scopes.chosen && !named) {
      throw new ActionError('InvalidParameter', 'ScanScope 1 scans chosen images: name them by Id or by Images');
    }
    // No container is known yet: nothing that runs can be chosen.
    if (request.ContainerRunning === true)
      throw new ActionError('ResourceNotFound', 'no running container uses an image');
    const found = await choosePlaces(tx, tenant, {
      ...(scope === scopes.chosen && named && { named }),
      excludeIds: (request.ExcludeIDs ?? []).map(BigInt),
      onlyLatest: request.IsLatest === true,
      text: [...anyOf('registryType', request.RegistryType), ...anyOf('namespace', request.Namespace)],
    });
    const places = scope === scopes.recommended ? await withoutResult(tx, tenant, found) : found;
    const task = await createScanTask(tx, tenant, now, {
      kind: 'one-click',
      riskClasses: riskClassesOf(request.ScanType),
      timeoutSeconds: timeoutSeconds(request.Timeout),
      places,
    });
    return { TaskID: task };
  },
});

/** `ScanScope`; recommended are images without a result, and those whose newest scan failed. */
const scopes = { all: 0, chosen: 1, recommended: 2 } as const;

function anyOf(column: RegistryImageText, values: readonly string[] | undefined) {
  return values && values.length > 0 ? [{ column, filter: { values, exact: true } }] : [];
}
