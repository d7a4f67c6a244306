import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { readCounters, counterNames } from '../../platform/counters/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireInt64, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { automaticRenewal, coverCores, isWorking, purchaseState } from '../purchase-state.ts';
import { readTrial } from '../store.ts';
import { holdingsAt, quantityInForce } from '../subscription.ts';
import { readSubscriptions } from '../subscription-store.ts';
import { trialState } from '../trial.ts';

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
    const clusterCores = counter(counterNames.clusterCores);
    const hostCores = counter(counterNames.hostCores);
    const cores = coverCores(clusterCores + hostCores, trial, professional, now);
    const covered = cores.licensed + cores.gift + cores.elastic;
    const trialRuns = trialState(trial, now) === 'active';
    const allProtected = working ? working.protection?.scope === 'all' : trialRuns;
    const term = professional ?? trial;
    return {
      State: state,
      AllCoresCnt: covered + cores.unprotected,
      CoresCnt: covered,
      UndefendCoresCnt: cores.unprotected,
      AuthorizedCoresCnt: cores.licensed,
      GivenAuthorizedCoresCnt: cores.gift,
      CurrentFlexibleCoresCnt: cores.elastic,
      ImageCnt: counter(counterNames.registryImages),
      AuthorizedImageCnt: counter(counterNames.scannedRegistryImages),
      ExpirationTime: toWireTime(term?.endsAt, marketTimeZone),
      PurchasedAuthorizedCnt: scan ? quantityInForce(scan, now) : 0,
      AutomaticRenewal: automaticRenewal(professional?.renewal),
      GivenAuthorizedCnt: trialRuns ? (trial?.gift.imageScans ?? 0) : 0,
      BeginTime: toWireTime(term?.startedAt, marketTimeZone),
      SubState: subState,
      InquireKey: 'sv_yunjing_css_pem',
      DefendPolicy: allProtected ? 'All' : 'Part',
      FlexibleCoresLimit: working?.protection?.elasticCap ?? 0,
      DefendClusterCoresCnt: allProtected ? clusterCores : 0n,
      DefendHostCoresCnt: allProtected ? hostCores : 0n,
      TrialCoresCnt: cores.gift,
      NoContainerCoresCnt: counter(counterNames.coresWithoutContainers),
    };
  },
});
