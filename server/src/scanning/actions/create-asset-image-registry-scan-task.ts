import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { filtersField } from '../../platform/wire-lists.ts';
import { wireUint64 } from '../../platform/wire-types.ts';
import { namedChoice } from '../catalogue.ts';
import { createScanTask } from '../create-task.ts';
import { imageIdsField, imageInfosField } from '../image-info.ts';
import { requestedPlaces } from '../requested-places.ts';
import { riskClassesOf } from '../risk-classes.ts';
import { scanTypesField, timeoutField, timeoutSeconds } from '../task-fields.ts';

export const createAssetImageRegistryScanTask = action({
  api: 'tcss/2020-11-01',
  name: 'CreateAssetImageRegistryScanTask',
  summary: 'Scans registry images: all, named ones, or those that filters choose. Several such tasks may run at once.',
  request: z.strictObject({
    All: z.boolean().optional(),
    Images: imageInfosField,
    ScanType: scanTypesField,
    Id: imageIdsField,
    Filters: filtersField,
    ExcludeImageList: imageIdsField,
    OnlyScanLatest: z.boolean().optional(),
    Timeout: timeoutField,
  }),
  response: z.object({ TaskID: wireUint64 }),
  needs: { edition: true, role: 'resource:write' },
  async handle({ tx, tenant, now, request }) {
    const filtered = (request.Filters?.length ?? 0) > 0;
    if (request.All !== true && !namedChoice(request) && !filtered) {
      throw new ActionError('InvalidParameter', 'choose what to scan: All, Id, Images or Filters');
    }
    const places = await requestedPlaces(tx, tenant, request);
    const task = await createScanTask(tx, tenant, now, {
      kind: 'plain',
      riskClasses: riskClassesOf(request.ScanType),
      timeoutSeconds: timeoutSeconds(request.Timeout),
      places,
    });
    return { TaskID: task };
  },
});
