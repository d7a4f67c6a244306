import { randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BudgetLimits, defaultBudget } from '../budget.ts';
import { ScanError } from '../model.ts';
import { Child, ChildGone, sendJson } from './child.ts';
import { frame } from './frames.ts';
import { inflateResult, type InflateSetup } from './messages.ts';
import { ownUser, sandboxFacts } from './protections.ts';
import { reasonOf } from './worker.ts';

const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const program = new URL(`inflate-child${extension}`, import.meta.url);

/**
 * Unpacks a compressed archive into a file without a name, which is gone when its descriptor is closed: layers are then
 * read like those of an archive that was never compressed. The child has only the two descriptors. Throws `ScanError`.
 */
export async function inflateToFile(fd: number, limits: BudgetLimits = defaultBudget): Promise<number> {
  const unpacked = openUnnamed();
  try {
    await inflate(fd, unpacked, limits);
    return unpacked;
  } catch (error) {
    closeSync(unpacked);
    throw error;
  }
}

async function inflate(fd: number, unpacked: number, limits: BudgetLimits): Promise<void> {
  const facts = await sandboxFacts();
  const child = new Child({
    facts,
    program,
    limits: { memoryBytes: limits.memoryBytes, fileBytes: limits.bytes },
    addOns: false,
    stdio: ['pipe', 'pipe', 'pipe', fd, unpacked],
  });
  const unlimit = child.limitTime(limits.timeMs);
  try {
    const user = ownUser(facts);
    const setup: InflateSetup = { limits, ...(user === undefined ? {} : { user }) };
    await sendJson(child, frame.setup, setup);
    const { problem } = inflateResult.parse(JSON.parse((await child.receive(frame.result)).toString('utf8')));
    if (problem !== undefined) {
      const code = problem.code.startsWith('layer-') ? 'target-unreadable' : problem.code;
      throw new ScanError({ code, message: `the archive cannot be unpacked: ${problem.message}` });
    }
  } catch (error) {
    if (error instanceof ChildGone) throw new ScanError(reasonOf(error), { cause: error });
    throw error;
  } finally {
    unlimit();
    await child.end();
  }
}

function openUnnamed(): number {
  const path = join(tmpdir(), `wharfinger-${randomBytes(12).toString('hex')}`);
  const fd = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return fd;
}
