import { z } from 'zod';
import { currentCatalog, defaultElasticCap } from '../../catalog/index.ts';
import { action } from '../../platform/action.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireBool, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { buyStatus, readSubscriptions, readTrial } from '../../subscriptions/index.ts';
import { coverCores } from '../elastic/cover-cores.ts';
import { readCores } from '../elastic/read-cores.ts';

export const describeProVersionInfo = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeProVersionInfo',
  summary: 'What the purchase page needs: the term in force, the cores still to buy, the elastic cap.',
  request: z.strictObject({}),
  response: z.object({
    StartTime: wireString,
    EndTime: wireString,
    CoresCnt: wireUint64,
    MaxPostPayCoresCnt: wireUint64,
    ResourceId: wireString,
    BuyStatus: wireString,
    IsPurchased: wireBool,
  }),
  needs: { role: 'resource:read' },
  async handle({ tx, tenant, now }) {
    const professional = (await readSubscriptions(tx, tenant)).find(({ product }) => product === 'professional');
    const status = buyStatus(professional, now);
    const living = status === 'Pending' ? undefined : professional;
    // Times are there while more can be bought of what is in force.
    const inForce = status === 'Normal' ? professional : undefined;
    const cores = await readCores(tx, tenant, { trial: await readTrial(tx, tenant), professional }, now);
    const catalog = await currentCatalog(tx, now);
    return {
      StartTime: toWireTime(inForce?.startedAt, marketTimeZone),
      EndTime: toWireTime(inForce?.endsAt, marketTimeZone),
      CoresCnt: coverCores(cores).toBuy,
      MaxPostPayCoresCnt: living?.protection?.elasticCap ?? defaultElasticCap(catalog, 0n),
      ResourceId: living?.instanceId ?? '',
      BuyStatus: status,
      IsPurchased: professional !== undefined,
    };
  },
});
