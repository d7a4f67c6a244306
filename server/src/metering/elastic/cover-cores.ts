/** Which of a tenant's cores are covered, and by what: pure. Source: product rules, 2 and 3; contract, group A. */
import { excessCores } from './rules.ts';

/** What is known of a tenant's cores at a moment. */
export interface KnownCores {
  /** Of all nodes of clusters, and of all hosts that run containers outside of one. */
  readonly cluster: bigint;
  readonly host: bigint;
  /** Cores whose protection is switched on. */
  readonly counted: bigint;
  /** What a working professional edition covers; undefined without one. */
  readonly licence: { readonly licensed: bigint; readonly cap: bigint } | undefined;
  readonly trialRuns: boolean;
  /** Switched off because of a debt. */
  readonly suspended: boolean;
}

/** Cores by what covers them. `all` of the wire is `licensed + gift + elastic + uncovered`. */
export interface CoveredCores {
  readonly licensed: bigint;
  readonly gift: bigint;
  readonly elastic: bigint;
  /** Found, and covered by nothing. */
  readonly uncovered: bigint;
  /** What a licence would have to have more, so that nothing is elastic, uncovered, or the trial's alone. */
  readonly toBuy: bigint;
}

/**
 * A trial covers the cores of all assets; a professional edition as many as are licensed and, of those that count, the
 * elastic ones, and ends the trial's gift of cores. While a trial runs nothing is elastic.
 */
export function coverCores({ cluster, host, counted, licence, trialRuns, suspended }: KnownCores): CoveredCores {
  // What counts is part of what is there, also where nobody else has found it.
  const found = counted > cluster + host ? counted : cluster + host;
  if (!licence) {
    const [gift, uncovered] = trialRuns ? [found, 0n] : [0n, found];
    return { licensed: 0n, gift, elastic: 0n, uncovered, toBuy: found };
  }
  const { licensed, cap } = licence;
  const elastic = trialRuns || suspended ? 0n : excessCores({ counted, licensed, cap });
  const toBuy = found > licensed ? found - licensed : 0n;
  return { licensed, gift: 0n, elastic, uncovered: toBuy - elastic, toBuy };
}

/** The cores of a scope that protects everything, by kind: as far as they are covered, those of clusters first. */
export function protectedByKind(
  { cluster, host }: Pick<KnownCores, 'cluster' | 'host'>,
  { licensed, gift, elastic }: CoveredCores,
): { cluster: bigint; host: bigint } {
  const covered = licensed + gift + elastic;
  const ofClusters = atMost(cluster, covered);
  return { cluster: ofClusters, host: atMost(host, covered - ofClusters) };
}

function atMost(one: bigint, most: bigint): bigint {
  return one < most ? one : most;
}
