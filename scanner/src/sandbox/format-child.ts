/**
 * The child that reads formats: tar, gzip, zstd, package metadata, text with secrets. It has no network, no add-ons, no
 * environment and reads no file but our program's; bytes come by pipe or by descriptor 3. Everything is synchronous.
 */
import { writeSync } from 'node:fs';
import { Budget, BudgetExceeded } from '../budget.ts';
import { FileRange } from '../reading/byte-supply.ts';
import { windowBytes } from '../reading/byte-window.ts';
import { LayerProblem } from '../reading/layer-problem.ts';
import { openLayer } from '../reading/open-layer.ts';
import { readLayer } from '../reading/read-layer.ts';
import { loadSecretRules, type SecretRules } from '../secrets/index.ts';
import { becomeUser } from './become-user.ts';
import { FrameSupply } from './frame-supply.ts';
import { frame, SyncFrames, writeFrame, writeJsonFrame } from './frames.ts';
import { MalwarePipe } from './malware-pipe.ts';
import type { InflateJob, LayerJob, Setup } from './messages.ts';

const [input, output, file, other] = [0, 1, 3, 4];

const frames = new SyncFrames(input);
const setup = next(frame.setup) as Setup | undefined;
if (setup !== undefined) {
  const { secretRules } = setup;
  const rules = secretRules === undefined ? undefined : loadSecretRules(secretRules ?? undefined);
  becomeUser(setup.user);
  writeFrame(output, frame.ready);
  for (let job = nextJob(); job !== undefined; job = nextJob()) {
    if (job.type === 'inflate') writeJsonFrame(output, frame.result, inflate(job));
    else readOne(job, rules);
  }
}

function readOne(job: LayerJob, secretRules: SecretRules | undefined): void {
  const stored = job.content.type === 'range' ? undefined : new FrameSupply(frames);
  const wants = new Set(job.riskClasses);
  const malware = wants.has('malware') ? new MalwarePipe(other) : undefined;
  const index = readLayer(stored ?? new FileRange(file, ...rangeOf(job.content)), {
    riskClasses: job.riskClasses,
    budget: new Budget(job.limits),
    hashed: job.hashed,
    ...(wants.has('secrets') && secretRules !== undefined ? { secretRules } : {}),
    ...(malware === undefined ? {} : { malware }),
  });
  malware?.endLayer(job.number);
  writeJsonFrame(output, frame.result, index);
  // The parent may have sent more than was read: that is no part of the next job. It is told first, or would never stop.
  stored?.passRest();
}

function rangeOf(content: LayerJob['content']): [number, number] {
  return content.type === 'range' ? [content.offset, content.length] : [0, 0];
}

function inflate(job: InflateJob): unknown {
  const chunk = Buffer.allocUnsafeSlow(windowBytes);
  let bytes = 0;
  try {
    const unpacked = openLayer(new FileRange(file, 0, Number.MAX_SAFE_INTEGER), new Budget(job.limits), false);
    for (let count = unpacked.read(chunk, 0, chunk.length); count > 0; count = unpacked.read(chunk, 0, chunk.length)) {
      for (let done = 0; done < count; ) done += writeSync(other, chunk, done, count - done);
      bytes += count;
    }
    return { bytes };
  } catch (error) {
    if (!(error instanceof LayerProblem) && !(error instanceof BudgetExceeded)) throw error;
    return { bytes, problem: { code: error.code, message: error.message } };
  }
}

/** What the parent says is believed: it is the one that does not read hostile bytes. */
function nextJob(): LayerJob | InflateJob | undefined {
  return next(frame.job) as LayerJob | InflateJob | undefined;
}

function next(kind: number): unknown {
  const header = frames.next();
  if (header === undefined) return undefined;
  if (header.kind !== kind) throw new Error(`a frame of kind ${header.kind} where ${kind} should be`);
  return frames.json(header.length);
}
