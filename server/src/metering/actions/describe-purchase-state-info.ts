import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { readCounters, counterNames } from '../../platform/counters/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireInt64, wireString, wireUint64 } from '../../platform/wire-types.ts';
import {
  automaticRenewal,
  holdingsAt,
  isWorking,
  purchaseState,
  quantityInForce,
  readSubscriptions,
  readTrial,
} from '../../subscriptions/index.ts';
import { coverCores, protectedByKind } from '../elastic/cover-cores.ts';
import { readCores } from '../elastic/read-cores.ts';

export const describePurchaseStateInfo = action({
  api: 'tcss/2020-11-01',
  name: 'DescribePurchaseStateInfo',
  summary: 'The master state: what is open or bought, and the cores and images that it covers.',
  request: z.strictObject({}),
  response: z.object({
    State: wireInt64,
    AllCoresCnt: wireUint64,
    CoresCnt: wireUint64,
    UndefendCoresCnt: wireUint64,
    AuthorizedCoresCnt: wireUint64,
    GivenAuthorizedCoresCnt: wireInt64,
    CurrentFlexibleCoresCnt: wireUint64,
    ImageCnt: wireUint64,
    AuthorizedImageCnt: wireUint64,
    ExpirationTime: wireString,
    PurchasedAuthorizedCnt: wireUint64,
    AutomaticRenewal: wireInt64,
    GivenAuthorizedCnt: wireUint64,
    BeginTime: wireString,
    SubState: wireString,
    InquireKey: wireString,
    DefendPolicy: wireString,
    FlexibleCoresLimit: wireUint64,
    DefendClusterCoresCnt: wireUint64,
    DefendHostCoresCnt: wireUint64,
    TrialCoresCnt: wireUint64,
    NoContainerCoresCnt: wireUint64,
  }),
  needs: { role: 'resource:read' },
  async handle({ tx, tenant, now }) {
    const trial = await readTrial(tx, tenant);
    const subscriptions = await readSubscriptions(tx, tenant);
    const professional = subscriptions.find(({ product }) => product === 'professional');
    const working = professional && isWorking(professional, now) ? professional : undefined;
    const scan = holdingsAt(subscriptions, now)['image-scan'];
    const { state, subState } = purchaseState(trial, professional, now);
    const counter = await readCounters(tx, tenant);
    const known = await readCores(tx, tenant, { trial, professional }, now);
    const cores = coverCores(known);
    const covered = cores.licensed + cores.gift + cores.elastic;
    const allProtected = working ? working.protection?.scope === 'all' : known.trialRuns;
    // Of other scopes nothing is known until assets say what is switched on.
    const defended = allProtected ? protectedByKind(known, cores) : { cluster: 0n, host: 0n };
    const term = professional ?? trial;
    return {
      State: state,
      AllCoresCnt: covered + cores.uncovered,
      CoresCnt: covered,
      UndefendCoresCnt: cores.uncovered,
      AuthorizedCoresCnt: cores.licensed,
      GivenAuthorizedCoresCnt: cores.gift,
      CurrentFlexibleCoresCnt: cores.elastic,
      ImageCnt: counter(counterNames.registryImages),
      AuthorizedImageCnt: counter(counterNames.scannedRegistryImages),
      ExpirationTime: toWireTime(term?.endsAt, marketTimeZone),
      PurchasedAuthorizedCnt: scan ? quantityInForce(scan, now) : 0,
      AutomaticRenewal: automaticRenewal(professional?.renewal),
      GivenAuthorizedCnt: known.trialRuns ? (trial?.gift.imageScans ?? 0) : 0,
      BeginTime: toWireTime(term?.startedAt, marketTimeZone),
      SubState: subState,
      InquireKey: 'sv_yunjing_css_pem',
      DefendPolicy: allProtected ? 'All' : 'Part',
      FlexibleCoresLimit: working?.protection?.elasticCap ?? 0,
      DefendClusterCoresCnt: defended.cluster,
      DefendHostCoresCnt: defended.host,
      TrialCoresCnt: cores.gift,
      NoContainerCoresCnt: counter(counterNames.coresWithoutContainers),
    };
  },
});
