/** Requests a second for each account and action: a bucket that holds one second's worth and fills evenly. */

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Buckets above this number are swept; a full bucket is as good as none. */
const sweepAbove = 10_000;

export interface RateLimit {
  /** Takes one request of this key; false when there is none left now. */
  take(key: string, nowMs: number): boolean;
}

/** `perSecond` for each key, counted in this process; several processes give each account several shares. */
export function createRateLimit(perSecond: number): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take(key, nowMs) {
      if (buckets.size > sweepAbove) sweep(buckets, perSecond, nowMs);
      const bucket = buckets.get(key) ?? { tokens: perSecond, filledAtMs: nowMs };
      buckets.set(key, bucket);
      bucket.tokens = level(bucket, perSecond, nowMs);
      bucket.filledAtMs = nowMs;
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}

function level(bucket: Bucket, perSecond: number, nowMs: number): number {
  return Math.min(perSecond, bucket.tokens + ((nowMs - bucket.filledAtMs) / 1000) * perSecond);
}

function sweep(buckets: Map<string, Bucket>, perSecond: number, nowMs: number): void {
  for (const [key, bucket] of buckets) if (level(bucket, perSecond, nowMs) >= perSecond) buckets.delete(key);
}
