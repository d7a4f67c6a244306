import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stringify } from 'smol-toml';
import { extendRuleFile } from './extend-rules.ts';
import { parseRuleFile, type RuleFile } from './rule-format.ts';
import { SecretRuleError } from './secret-rule-error.ts';

const MOST_FILE_BYTES = 16_777_216;
/** As many as gitleaks follows; `extend` of the last one is passed over. */
const MOST_EXTENSIONS = 2;

/**
 * A user's file of rules as one text, with the files that it extends put into it: a source for `loadSecretRules`. Like
 * gitleaks, takes `[extend] path` from `cwd`, not from beside the file. Throws `SecretRuleError`.
 */
export async function readSecretRules(path: string, cwd: string): Promise<string> {
  const name = resolve(cwd, path);
  const text = await readText(name);
  const file = parseRuleFile(text, name);
  if (file.extend.path === undefined) return text;
  return stringify(await withExtensions(file, cwd, MOST_EXTENSIONS));
}

async function withExtensions(file: RuleFile, cwd: string, depth: number): Promise<RuleFile> {
  const { path, ...extend } = file.extend;
  if (path === undefined) return file;
  if (depth === 0) return { ...file, extend };
  const baseName = resolve(cwd, path);
  const base = parseRuleFile(await readText(baseName), baseName);
  return extendRuleFile(file, await withExtensions(base, cwd, depth - 1));
}

async function readText(path: string): Promise<string> {
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw new SecretRuleError(`secret rules, ${path}: is no file`);
    if (facts.size > MOST_FILE_BYTES) throw new SecretRuleError(`secret rules, ${path}: is larger than 16 MiB`);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof SecretRuleError) throw error;
    const why = error instanceof TypeError ? 'is no text in UTF-8' : 'cannot be read';
    throw new SecretRuleError(`secret rules, ${path}: ${why}`, { cause: error });
  }
}
