import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { readCounters, counterNames } from '../../platform/counters/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireInt64, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { coverCores, purchaseState } from '../purchase-state.ts';
import { readTrial } from '../store.ts';

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
    const state = purchaseState(trial, now);
    const counter = await readCounters(tx, tenant);
    const clusterCores = counter(counterNames.clusterCores);
    const hostCores = counter(counterNames.hostCores);
    const cores = coverCores(clusterCores + hostCores, trial, now);
    const covered = cores.licensed + cores.gift + cores.elastic;
    const trialRuns = state === 2;
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
      ExpirationTime: trial ? toWireTime(trial.endsAt, marketTimeZone) : '',
      PurchasedAuthorizedCnt: 0,
      AutomaticRenewal: 0,
      GivenAuthorizedCnt: trialRuns ? (trial?.gift.imageScans ?? 0) : 0,
      BeginTime: trial ? toWireTime(trial.startedAt, marketTimeZone) : '',
      SubState: 'NORMAL',
      InquireKey: 'sv_yunjing_css_pem',
      DefendPolicy: trialRuns ? 'All' : 'Part',
      FlexibleCoresLimit: 0,
      DefendClusterCoresCnt: trialRuns ? clusterCores : 0n,
      DefendHostCoresCnt: trialRuns ? hostCores : 0n,
      TrialCoresCnt: cores.gift,
      NoContainerCoresCnt: counter(counterNames.coresWithoutContainers),
    };
  },
});
