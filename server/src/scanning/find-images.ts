/**
 * The images of the list: chosen by what the catalogue knows and by what scans know, ordered by either, and paged. What
 * only the catalogue knows is filtered and paged there; else the ids are taken, judged here, and the page is read by id.
 */
import type { RiskClass } from '@wharfinger/scanner';
import {
  listRegistryImageIds,
  listRegistryImages,
  type RegistryImage,
  type RegistryImageFilters,
  type RegistryImageOrder,
  type RegistryImageText,
} from '../assets/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { fitsText, idsOfAddress, idsOfImageName } from './catalogue.ts';
import type { FindingFilter } from './findings-lists.ts';
import {
  readScanFacts,
  statusOf,
  statusOfClass,
  vulnerabilityCount,
  type ImageResult,
  type ScanFacts,
} from './scan-facts.ts';

const catalogueColumns = {
  Namespace: 'namespace',
  ImageTag: 'tag',
  ImageId: 'imageId',
  InstanceName: 'registryName',
  InstanceId: 'instanceId',
  RegistryType: 'registryType',
  RegistryRegion: 'registryRegion',
} as const satisfies Record<string, RegistryImageText>;

const classStatuses = {
  CveStatus: 'vulnerabilities',
  VirusStatus: 'malware',
  RiskStatus: 'secrets',
} as const satisfies Record<string, RiskClass>;

export const imageFilters = [
  'Id',
  'ImageName',
  'ImageRepoAddress',
  'ImageDigest',
  'ScanStatus',
  'OsName',
  'IsAuthorized',
  ...(['Namespace', 'ImageTag', 'ImageId', 'InstanceName', 'InstanceId', 'RegistryType', 'RegistryRegion'] as const),
  ...(['CveStatus', 'VirusStatus', 'RiskStatus'] as const),
] as const;

/** Filters of the images that have one vulnerability. */
export const vulnerableImageFilters = [
  'OnlyAffectedNewestImage',
  ...(['ImageDigest', 'ImageId', 'Namespace', 'ImageTag', 'InstanceName', 'ImageName', 'ImageRepoAddress'] as const),
] as const;

export type ImageFilter = FindingFilter<(typeof imageFilters)[number]>;

const catalogueOrders = {
  Id: 'id',
  ImageName: 'repository',
  ImageTag: 'tag',
  ImageSize: 'sizeBytes',
  ImageCreateTime: 'createdAt',
} as const satisfies Record<string, RegistryImageOrder>;

const ofResult = (count: (result: ImageResult) => number) => (facts: ScanFacts) =>
  facts.result ? count(facts.result) : -1;

const scanOrders = {
  ScanTime: ofResult((result) => result.scannedAt.epochMilliseconds),
  VulCnt: ofResult(vulnerabilityCount),
  CriticalLevelVulCnt: ofResult((result) => result.critical),
  HighLevelVulCnt: ofResult((result) => result.high),
  MediumLevelVulCnt: ofResult((result) => result.medium),
  LowLevelVulCnt: ofResult((result) => result.low),
  VirusCnt: ofResult((result) => result.malware),
  RiskCnt: ofResult((result) => result.secrets),
  SensitiveInfoCnt: ofResult((result) => result.secrets),
  ComponentCnt: ofResult((result) => result.packages),
} as const;

export const imageOrders = [
  ...(Object.keys(catalogueOrders) as (keyof typeof catalogueOrders)[]),
  ...(Object.keys(scanOrders) as (keyof typeof scanOrders)[]),
] as const;

export interface ImageQuery {
  filters: readonly ImageFilter[];
  onlyLatest?: boolean;
  by?: (typeof imageOrders)[number];
  direction?: 'asc' | 'desc';
  offset: number;
  limit: number;
}

/** A page of the images, with what their scans tell; `total` counts before paging. */
export async function findImages(
  tx: AppTransaction,
  tenant: bigint,
  query: ImageQuery,
): Promise<{ images: RegistryImage[]; facts: (imageId: string) => ScanFacts; total: number }> {
  const { by = 'Id', direction = 'desc', offset, limit } = query;
  const filters = await catalogueFilters(tx, tenant, query.filters);
  const judges = query.filters.flatMap(scanJudge);
  const base = { ...filters, ...(query.onlyLatest && { onlyLatest: true }) };
  if (judges.length === 0 && isCatalogueOrder(by)) {
    const page = await listRegistryImages(tx, tenant, { ...base, by: catalogueOrders[by], direction, offset, limit });
    return {
      ...page,
      facts: await readScanFacts(
        tx,
        tenant,
        page.images.map(({ imageId }) => imageId),
      ),
    };
  }
  const facts = await readScanFacts(tx, tenant);
  const fits = ({ imageId }: { imageId: string }) => judges.every((judge) => judge(facts(imageId)));
  if (isCatalogueOrder(by)) {
    const ids = (await listRegistryImageIds(tx, tenant, base)).filter(fits).map(({ id }) => id);
    const page = await listRegistryImages(tx, tenant, { ids, by: catalogueOrders[by], direction, offset, limit });
    return { ...page, facts };
  }
  const sign = direction === 'asc' ? 1 : -1;
  const value = scanOrders[by];
  const found = (await listRegistryImageIds(tx, tenant, base)).filter(fits).toSorted((one, other) => {
    const difference = value(facts(one.imageId)) - value(facts(other.imageId));
    return sign * (difference || Number(one.id - other.id));
  });
  const ids = found.slice(offset, offset + limit).map(({ id }) => id);
  const { images } = await listRegistryImages(tx, tenant, { ids });
  const byId = new Map(images.map((image) => [image.id, image]));
  return { images: ids.flatMap((id) => byId.get(id) ?? []), facts, total: found.length };
}

/** Ids and images that filters choose, in the order of their ids. */
export async function findImageIds(
  tx: AppTransaction,
  tenant: bigint,
  filters: readonly ImageFilter[],
  onlyLatest: boolean,
): Promise<{ id: bigint; imageId: string }[]> {
  const base = { ...(await catalogueFilters(tx, tenant, filters)), ...(onlyLatest && { onlyLatest }) };
  const found = await listRegistryImageIds(tx, tenant, base);
  const judges = filters.flatMap(scanJudge);
  if (judges.length === 0) return found;
  const facts = await readScanFacts(tx, tenant);
  return found.filter(({ imageId }) => judges.every((judge) => judge(facts(imageId))));
}

function isCatalogueOrder(by: (typeof imageOrders)[number]): by is keyof typeof catalogueOrders {
  return by in catalogueOrders;
}

/** What the catalogue can judge by itself. Several filters on ids meet. */
async function catalogueFilters(
  tx: AppTransaction,
  tenant: bigint,
  filters: readonly ImageFilter[],
): Promise<RegistryImageFilters> {
  const text: NonNullable<RegistryImageFilters['text']>[number][] = [];
  const idLists: bigint[][] = [];
  const digestLists: (readonly string[])[] = [];
  for (const { name, filter } of filters) {
    if (name in catalogueColumns)
      text.push({ column: catalogueColumns[name as keyof typeof catalogueColumns], filter });
    else if (name === 'Id') idLists.push(filter.values.flatMap(idOf));
    else if (name === 'ImageDigest') digestLists.push(filter.values);
    else if (name === 'ImageName' && filter.exact) idLists.push(await idsOfImageName(tx, tenant, filter));
    else if (name === 'ImageName') text.push({ column: 'repository', filter });
    else if (name === 'ImageRepoAddress') idLists.push(await idsOfAddress(tx, tenant, filter));
    // Images are not authorised one by one: those that can be scanned all are.
    else if (name === 'IsAuthorized' && !filter.values.some((value) => value !== '0')) idLists.push([]);
  }
  const [ids, ...otherIds] = idLists;
  const [digests, ...otherDigests] = digestLists;
  return {
    ...(text.length > 0 && { text }),
    ...(ids && { ids: ids.filter((id) => otherIds.every((list) => list.includes(id))) }),
    ...(digests && { digests: digests.filter((digest) => otherDigests.every((list) => list.includes(digest))) }),
  };
}

function idOf(value: string): bigint[] {
  return /^\d{1,18}$/.test(value) ? [BigInt(value)] : [];
}

/** Words that filters of the local image list have for the same states. */
const filterWords: Record<string, string> = { NOTSCAN: 'NOT_SCAN', SCANERR: 'SCAN_ERR' };

function scanJudge({ name, filter }: ImageFilter): ((facts: ScanFacts) => boolean)[] {
  const wanted = new Set(filter.values.map((value) => value.toUpperCase()).map((word) => filterWords[word] ?? word));
  if (name === 'ScanStatus') return [(facts) => wanted.has(statusOf(facts))];
  if (name === 'OsName') return [(facts) => fitsText(facts.result?.operatingSystem ?? '', filter)];
  if (!(name in classStatuses)) return [];
  const riskClass = classStatuses[name as keyof typeof classStatuses];
  return [(facts) => wanted.has(statusOfClass(facts, riskClass))];
}
