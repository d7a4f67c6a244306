/** What stands in the JSON frames. What a child says is checked before it is believed: the child read hostile bytes. */
import { z } from 'zod';
import type { BudgetLimits } from '../budget.ts';
import type { LayerIndex, MalwareHit, ReasonCode, RiskClass } from '../model.ts';
import type { AskedFile } from '../reading/malware-search.ts';
import type { AskedFor } from './malware-pipe.ts';

export interface Setup {
  /** User and group that the child becomes when it has loaded what it needs. */
  user?: number;
  /** Sources; null means our own rules, absent none. */
  secretRules?: readonly string[] | null;
  malwareRules?: readonly string[] | null;
  /** Lists of digests, to the malware child. */
  malwareHashes?: readonly string[];
  /** To the format child: what files are asked about. */
  malwareAsked?: AskedFor;
}

export interface LayerJob {
  number: number;
  /** Where the stored bytes come from: data frames, or a range of one of the files that are open, by its number. */
  content: { type: 'frames' } | { type: 'range'; file: number; offset: number; length: number };
  riskClasses: readonly RiskClass[];
  limits: BudgetLimits;
  hashed: boolean;
  /** Files up to so many bytes are sent to the parent, for a ClamAV daemon. */
  mostBytesForClamd?: number;
}

/** What the inflate child needs: it has one job. */
export interface InflateSetup extends Pick<Setup, 'user'> {
  limits: BudgetLimits;
}

const text = z.string().max(8192);
const severity = z.enum(['critical', 'high', 'medium', 'low', 'unknown']);
const count = z.number().int().nonnegative();
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

const reasonCode = z.enum([
  'budget-bytes',
  'budget-ratio',
  'budget-entries',
  'budget-time',
  'budget-memory',
  'budget-depth',
  'file-too-large',
  'layer-truncated',
  'layer-corrupt',
  'layer-unsupported',
  'path-refused',
  'package-unreadable',
  'archive-unreadable',
]) satisfies z.ZodType<ReasonCode>;

const reason = z.strictObject({ code: reasonCode, message: text, path: text.optional() });

const packageOf = z.strictObject({
  kind: z.enum(['apk', 'cargo', 'composer', 'deb', 'gem', 'golang', 'maven', 'npm', 'nuget', 'pypi', 'rpm']),
  name: text,
  version: text,
  architecture: text.optional(),
  source: z.strictObject({ name: text, version: text }).optional(),
  modularity: text.optional(),
  development: z.boolean().optional(),
});

const secretHit = z.strictObject({
  rule: text,
  title: text,
  severity,
  tags: z.array(text).max(1000).optional(),
  line: count,
  redacted: text,
  fingerprint: z.string().max(64),
});

const malwareHit = z.strictObject({
  rule: text,
  title: text,
  severity,
  category: text,
  author: text,
  tags: z.array(text).max(100),
  inside: z.strictObject({ path: text, sizeBytes: count, md5: hex(32), sha256: hex(64) }).exactOptional(),
});

/** Like `z.array`, but ends at the first that is of another shape: a child that was taken over may send millions of them. */
function listOf<Shape extends z.ZodType>(shape: Shape) {
  return z.array(z.unknown()).transform((values, context): z.output<Shape>[] => {
    const list: z.output<Shape>[] = [];
    for (const [index, value] of values.entries()) {
      const parsed = shape.safeParse(value);
      if (!parsed.success) {
        context.addIssue({ code: 'custom', message: 'is of another shape', path: [index] });
        return z.NEVER;
      }
      list.push(parsed.data);
    }
    return list;
  });
}

const indexedFile = z.strictObject({
  path: text,
  sizeBytes: count,
  extractor: text.optional(),
  as: text.optional(),
  buried: z.boolean().optional(),
  packages: listOf(packageOf).optional(),
  owned: listOf(z.strictObject({ package: text, paths: listOf(text) })).optional(),
  operatingSystem: z.strictObject({ id: text, versionId: text, name: text, ecosystem: text.optional() }).optional(),
  secrets: listOf(secretHit).optional(),
  malware: listOf(malwareHit).optional(),
  mode: count.max(0o7777).optional(),
  cache: text.optional(),
  md5: hex(32).optional(),
  sha256: hex(64).optional(),
});

/**
 * A layer's index as the format child tells it, or as it was kept.
 * @internal
 */
export const layerIndex = z.strictObject({
  diffId: z.string().regex(/^(?:sha256:[0-9a-f]{64})?$/),
  files: listOf(indexedFile),
  paths: z.string(),
  links: listOf(z.strictObject({ path: text, target: text })),
  removed: listOf(text),
  opaque: listOf(text),
  folders: listOf(z.strictObject({ path: text, mode: count.max(0o7777) })).optional(),
  entryCount: count,
  uncompressedBytes: count,
  incomplete: z.array(reason).max(1000),
});

/** Optional keys are absent, never undefined: they come out of JSON. */
export function parseLayerIndex(value: unknown): LayerIndex {
  return layerIndex.parse(value) as LayerIndex;
}

/** @internal */
export const inflateResult = z.strictObject({ bytes: count, problem: reason.optional() });

/** What the malware child found in a layer. */
export interface MalwareResult {
  job: number;
  /** `number` is the file's place in the layer's list of paths. */
  files: (Omit<AskedFile, 'runsAsRoot' | 'digestsOnly'> & { hits: MalwareHit[]; md5: string; sha256: string })[];
  /** Files with hits that were not listed any more. */
  left: number;
}

/** @internal */
export const malwareResult = z.strictObject({
  job: count,
  files: z
    .array(
      z.strictObject({
        path: text,
        number: count,
        sizeBytes: count,
        inside: text.exactOptional(),
        hits: z.array(malwareHit).max(10_000),
        md5: hex(32),
        sha256: hex(64),
      }),
    )
    .max(100_000),
  left: count,
}) satisfies z.ZodType<MalwareResult>;
