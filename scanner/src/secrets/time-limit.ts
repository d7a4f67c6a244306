/** A hard limit on the time of one expression: V8's matcher can be interrupted only by a script's timeout. */
import { createContext, Script } from 'node:vm';

interface Sandbox {
  expression: RegExp;
  text: string;
}

let prepared: { script: Script; sandbox: Sandbox } | undefined;

/** `expression.exec(text)`; `'too-slow'` where it would take longer than `limitMs`. */
export function execWithin(limitMs: number, expression: RegExp, text: string): RegExpExecArray | null | 'too-slow' {
  prepared ??= {
    script: new Script('expression.exec(text)'),
    sandbox: createContext(Object.assign(Object.create(null), { expression, text })) as Sandbox,
  };
  const { script, sandbox } = prepared;
  sandbox.expression = expression;
  sandbox.text = text;
  try {
    return script.runInContext(sandbox as object, { timeout: Math.max(1, Math.ceil(limitMs)) }) as RegExpExecArray | null;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'too-slow';
    throw error;
  } finally {
    sandbox.text = '';
  }
}
