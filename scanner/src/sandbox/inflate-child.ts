/**
 * Unpacks one archive from descriptor 3 into descriptor 4 and ends. As bounded as the format child, and a program of its own
 * so that it starts fast and has nothing else in it.
 */
import { writeSync } from 'node:fs';
import { Budget, BudgetExceeded } from '../budget.ts';
import { FileRange } from '../reading/byte-supply.ts';
import { windowBytes } from '../reading/byte-window.ts';
import { LayerProblem } from '../reading/layer-problem.ts';
import { openLayer } from '../reading/open-layer.ts';
import { becomeUser } from './become-user.ts';
import { frame, SyncFrames, writeJsonFrame } from './frames.ts';
import type { InflateSetup } from './messages.ts';

const [input, output, packed, unpacked] = [0, 1, 3, 4];

const frames = new SyncFrames(input);
const header = frames.next();
if (header !== undefined) {
  const setup = frames.json(header.length) as InflateSetup;
  becomeUser(setup.user);
  writeJsonFrame(output, frame.result, inflate(new Budget(setup.limits)));
}

function inflate(budget: Budget): unknown {
  const chunk = Buffer.allocUnsafeSlow(windowBytes);
  let bytes = 0;
  try {
    const supply = openLayer(new FileRange(packed, 0, Number.MAX_SAFE_INTEGER), budget, false);
    for (let count = supply.read(chunk, 0, chunk.length); count > 0; count = supply.read(chunk, 0, chunk.length)) {
      for (let done = 0; done < count; ) done += writeSync(unpacked, chunk, done, count - done);
      bytes += count;
    }
    return { bytes };
  } catch (error) {
    if (!(error instanceof LayerProblem) && !(error instanceof BudgetExceeded)) throw error;
    return { bytes, problem: { code: error.code, message: error.message } };
  }
}
