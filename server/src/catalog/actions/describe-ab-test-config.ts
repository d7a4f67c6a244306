import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { stringField, wireBool, wireString } from '../../platform/wire-types.ts';
import { currentCatalog } from '../store.ts';

export const describeAbTestConfig = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeABTestConfig',
  summary: 'The feature flags of the catalogue: one by its name, or all.',
  request: z.strictObject({ ProjectName: stringField.optional() }),
  response: z.object({ Config: z.array(z.object({ ProjectName: wireString, Status: wireBool })) }),
  needs: { role: 'resource:read' },
  async handle({ tx, now, request }) {
    const { features } = await currentCatalog(tx, now);
    const wanted = Object.entries(features).filter(
      ([name]) => request.ProjectName === undefined || name === request.ProjectName,
    );
    return { Config: wanted.map(([name, on]) => ({ ProjectName: name, Status: on })) };
  },
});
