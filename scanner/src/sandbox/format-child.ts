/**
 * The child that reads formats: tar, gzip, zstd, package metadata, text with secrets. It has no network, no add-ons, no
 * environment and reads no file but our program's; bytes come by pipe or by descriptors from 4 on. Everything is synchronous.
 */
import { Budget } from '../budget.ts';
import { FileRange } from '../reading/byte-supply.ts';
import { readLayer } from '../reading/read-layer.ts';
import { loadSecretRules, type SecretRules } from '../secrets/index.ts';
import { becomeUser } from './become-user.ts';
import { FrameSupply } from './frame-supply.ts';
import { frame, SyncFrames, writeFrame, writeJsonFrame } from './frames.ts';
import { MalwarePipe } from './malware-pipe.ts';
import type { LayerJob, Setup } from './messages.ts';

const [input, output, malwareChild, firstFile] = [0, 1, 3, 4];

const frames = new SyncFrames(input);
const setup = next(frame.setup) as Setup | undefined;
if (setup !== undefined) {
  const { secretRules } = setup;
  const rules = secretRules === undefined ? undefined : loadSecretRules(secretRules ?? undefined);
  becomeUser(setup.user);
  writeFrame(output, frame.ready);
  for (let job = nextJob(); job !== undefined; job = nextJob()) {
    readOne(job, rules);
  }
}

function readOne(job: LayerJob, secretRules: SecretRules | undefined): void {
  const { content } = job;
  const wants = new Set(job.riskClasses);
  const malware = wants.has('malware') ? new MalwarePipe(malwareChild) : undefined;
  const supply =
    content.type === 'range'
      ? new FileRange(firstFile + content.file, content.offset, content.length)
      : new FrameSupply(frames);
  const index = readLayer(supply, {
    budget: new Budget(job.limits),
    hashed: job.hashed,
    misconfiguration: wants.has('misconfiguration'),
    ...(wants.has('secrets') && secretRules !== undefined ? { secretRules } : {}),
    ...(malware === undefined ? {} : { malware }),
  });
  malware?.endLayer(job.number);
  writeJsonFrame(output, frame.result, index);
  // The parent may have sent more than was read: that is no part of the next job. It is told first, or would never stop.
  if (supply instanceof FrameSupply) supply.passRest();
}

/** What the parent says is believed: it is the one that does not read hostile bytes. */
function nextJob(): LayerJob | undefined {
  return next(frame.job) as LayerJob | undefined;
}

function next(kind: number): unknown {
  const header = frames.next();
  if (header === undefined) return undefined;
  if (header.kind !== kind) throw new Error(`a frame of kind ${header.kind} where ${kind} should be`);
  return frames.json(header.length);
}
