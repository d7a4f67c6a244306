/** The configuration blob of a Docker or OCI image, as it comes from an archive or a registry: hostile until parsed. */
import { z } from 'zod';
import { DocumentUnreadable, parseDocument } from '../json-document.ts';
import { ScanError, type ImageConfig } from '../model.ts';
import { otherSpelling } from '../other-spelling.ts';
import { parseShape } from '../parse-shape.ts';

/** Images in the wild have a few dozen layers; Docker itself stops at 127. */
const mostLayers = 1000;

const textOrNull = z.string().nullish();
const schema = z.object({
  architecture: textOrNull,
  os: textOrNull,
  created: textOrNull,
  config: z
    .object({
      Env: z.array(z.string()).nullish(),
      Labels: z.record(z.string(), z.string().nullable()).nullish(),
      User: textOrNull,
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
      Healthcheck: z.object({ Test: z.array(z.string()).nullish() }).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
    })
    .nullish(),
  rootfs: z.looseObject({
    diff_ids: z
      .array(z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is not a SHA-256 digest'))
      .max(mostLayers)
      .nullish(),
  }),
  history: z
    .array(
      z.object({
        created: textOrNull,
        created_by: textOrNull,
        comment: textOrNull,
        empty_layer: z.boolean().nullish(),
      }),
    )
    .nullish(),
});

/** Reads an image configuration. Throws `target-unreadable` for what is none. */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const config = parse(bytes);
  return {
    architecture: config.architecture ?? '',
    os: config.os ?? '',
    created: config.created ?? '',
    env: config.config?.Env ?? [],
    labels: Object.fromEntries(Object.entries(config.config?.Labels ?? {}).map(([name, value]) => [name, value ?? ''])),
    history: (config.history ?? []).map((step) => ({
      ...(step.created && { created: step.created }),
      createdBy: step.created_by ?? '',
      ...(step.comment && { comment: step.comment }),
      emptyLayer: step.empty_layer ?? false,
    })),
    diffIds: config.rootfs.diff_ids ?? [],
    user: config.config?.User ?? '',
    exposedPorts: Object.keys(config.config?.ExposedPorts ?? {}),
    healthCheck: (config.config?.Healthcheck?.Test ?? ['NONE'])[0] !== 'NONE',
    command: [...(config.config?.Entrypoint ?? []), ...(config.config?.Cmd ?? [])],
  };
}

function parse(bytes: Uint8Array): z.infer<typeof schema> {
  const value = readDocument(bytes);
  const parsed = parseShape(schema, value);
  if (parsed.data === undefined) throw unreadable(parsed.problem);
  const { shape } = schema;
  const other =
    otherSpelling(value, Object.keys(shape)) ?? otherSpelling(parsed.data.rootfs, Object.keys(shape.rootfs.shape));
  if (other !== undefined) throw unreadable(`it has ${other.slice(0, 100)}, which some take for another name`);
  return parsed.data;
}

function unreadable(why: string): ScanError {
  return new ScanError({ code: 'target-unreadable', message: `the image's configuration cannot be read: ${why}` });
}

function readDocument(bytes: Uint8Array): unknown {
  try {
    return parseDocument(bytes);
  } catch (error) {
    throw unreadable(error instanceof DocumentUnreadable ? error.message : String(error));
  }
}
