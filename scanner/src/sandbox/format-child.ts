/**
 * The child that reads formats: tar, gzip, zstd, package metadata, text with secrets. It has no network, no add-ons, no
 * environment and reads no file but our program's; bytes come by pipe or by descriptors from 4 on. Once it is ready, everything is
 * synchronous.
 */
import { Budget } from '../budget.ts';
import { FileRange } from '../reading/byte-supply.ts';
import { readLayer } from '../reading/read-layer.ts';
import type { SecretRules } from '../secrets/index.ts';
import { becomeUser } from './become-user.ts';
import { ClamdPipe } from './clamd-pipe.ts';
import { FrameSupply } from './frame-supply.ts';
import { frame, SyncFrames, writeFrame, writeJsonFrame } from './frames.ts';
import { type AskedFor, MalwarePipe } from './malware-pipe.ts';
import type { LayerJob, Setup } from './messages.ts';

const [input, output, malwareChild, firstFile] = [0, 1, 3, 4];

const frames = new SyncFrames(input);
// No `await` here: the secrets engine shares files with this program when published, and would wait for its end.
void main();

async function main(): Promise<void> {
  const setup = next(frame.setup) as Setup | undefined;
  if (setup === undefined) return;
  const rules = await rulesOf(setup);
  becomeUser(setup.user);
  writeFrame(output, frame.ready);
  for (let job = nextJob(); job !== undefined; job = nextJob()) {
    readOne(job, rules, setup.malwareAsked);
  }
}

/** Before root is given up, and before the first byte of an image. Who looks for no secrets loads no engine for them. */
async function rulesOf({ secretRules }: Setup): Promise<SecretRules | undefined> {
  if (secretRules === undefined) return undefined;
  const { loadSecretRules } = await import('../secrets/index.ts');
  return loadSecretRules(secretRules ?? undefined);
}

function readOne(job: LayerJob, secretRules: SecretRules | undefined, asked?: AskedFor): void {
  const { content } = job;
  const wants = new Set(job.riskClasses);
  const malware = asked !== undefined && wants.has('malware') ? malwareSink(asked, job) : undefined;
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

function malwareSink(asked: AskedFor, { mostBytesForClamd }: LayerJob): MalwarePipe | ClamdPipe {
  const rules = new MalwarePipe(malwareChild, asked);
  return mostBytesForClamd === undefined ? rules : new ClamdPipe(output, rules, mostBytesForClamd);
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
