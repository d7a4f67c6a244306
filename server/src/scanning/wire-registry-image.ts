/** What lists and details show of a registry image and its scans. */
import type { RegistryImage } from '../assets/index.ts';
import { wireString, wireUint64 } from '../platform/wire-types.ts';
import { wireImageNames } from './image-names.ts';
import { solutionOf } from './reasons.ts';
import {
  progressOf,
  progressOfClass,
  statusOf,
  statusOfClass,
  vulnerabilityCount,
  type ScanFacts,
} from './scan-facts.ts';
import { wireInstant } from './wire-instant.ts';

/** Fields that the list and the detail have in common. */
export const wireImageFields = {
  RegistryType: wireString,
  ImageRepoAddress: wireString,
  InstanceId: wireString,
  InstanceName: wireString,
  Namespace: wireString,
  ImageName: wireString,
  ImageTag: wireString,
  Id: wireUint64,
  ImageId: wireString,
  ImageDigest: wireString,
  ImageSize: wireUint64,
  ImageCreateTime: wireString,
  RegistryRegion: wireString,
  IsAuthorized: wireUint64,
  OsName: wireString,
  ScanTime: wireString,
  ScanStatus: wireString,
  CveStatus: wireString,
  VirusStatus: wireString,
  RiskStatus: wireString,
  Progress: wireUint64,
  ScanVulProgress: wireUint64,
  ScanVirusProgress: wireUint64,
  ScanRiskProgress: wireUint64,
  ScanRemainTime: wireUint64,
  ScanVulError: wireString,
  ScanVirusError: wireString,
  ScanRiskError: wireString,
  Reason: wireString,
  Solution: wireString,
  VulCnt: wireUint64,
  VirusCnt: wireUint64,
  RiskCnt: wireUint64,
  SentiveInfoCnt: wireUint64,
  SensitiveInfoCnt: wireUint64,
};

export function toWireImage(image: RegistryImage, facts: ScanFacts) {
  const { newest, result } = facts;
  const failed = newest?.state === 'failed' || newest?.state === 'stopped';
  const error = (riskClass: 'vulnerabilities' | 'malware' | 'secrets') =>
    failed && newest.riskClasses.includes(riskClass) ? newest.reason : '';
  return {
    ...wireImageNames(image),
    Id: image.id,
    ImageId: image.imageId,
    ImageDigest: image.digest,
    ImageSize: image.sizeBytes,
    ImageCreateTime: wireInstant(image.createdAt),
    RegistryRegion: image.registryRegion,
    // Images are not authorised one by one: the quota is for whichever is scanned.
    IsAuthorized: 1,
    OsName: result?.operatingSystem ?? '',
    ScanTime: wireInstant(result?.scannedAt),
    ScanStatus: statusOf(facts),
    CveStatus: statusOfClass(facts, 'vulnerabilities'),
    VirusStatus: statusOfClass(facts, 'malware'),
    RiskStatus: statusOfClass(facts, 'secrets'),
    Progress: progressOf(facts),
    ScanVulProgress: progressOfClass(facts, 'vulnerabilities'),
    ScanVirusProgress: progressOfClass(facts, 'malware'),
    ScanRiskProgress: progressOfClass(facts, 'secrets'),
    ScanRemainTime: remainingSeconds(facts),
    ScanVulError: error('vulnerabilities'),
    ScanVirusError: error('malware'),
    ScanRiskError: error('secrets'),
    // Of a result it says what was left out.
    Reason: newest?.reason ?? '',
    Solution: newest && newest.code !== '' ? solutionOf(newest.code) : '',
    VulCnt: vulnerabilityCount(result),
    VirusCnt: result?.malware ?? 0,
    RiskCnt: result?.secrets ?? 0,
    SentiveInfoCnt: result?.secrets ?? 0,
    SensitiveInfoCnt: result?.secrets ?? 0,
  };
}

/** A guess by what an image takes as a rule. */
function remainingSeconds(facts: ScanFacts): number {
  if (statusOf(facts) !== 'SCANNING') return 0;
  return Math.max(1, Math.round((10 * (100 - progressOf(facts))) / 100));
}
