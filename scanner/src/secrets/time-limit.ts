/** A hard limit on time: V8's matcher of expressions can be interrupted only by a script's timeout. */
import { createContext, Script } from 'node:vm';

const timeoutCode = 'ERR_SCRIPT_EXECUTION_TIMEOUT';

const sandbox = { action: nothing };
let script: Script | undefined;

/**
 * Runs the action; false where it took longer and was broken off, wherever it was. Costs about a millisecond (a thread
 * that watches), so it is for what needs it.
 */
export function runWithin(limitMs: number, action: () => void): boolean {
  if (!script) {
    createContext(sandbox);
    script = new Script('action()');
  }
  sandbox.action = action;
  try {
    script.runInContext(sandbox, { timeout: Math.max(1, Math.ceil(limitMs)) });
    return true;
  } catch (error) {
    if (isTimeout(error)) return false;
    throw error;
  } finally {
    sandbox.action = nothing;
  }
}

/** The error is made in another context: it is no `Error` of this one. */
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === timeoutCode;
}

function nothing(): void {}
