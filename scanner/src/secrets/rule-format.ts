/**
 * The file format of rules: gitleaks' TOML. What gitleaks does not know stands in `[rules.wharfinger]`, which it ignores.
 * Format: https://github.com/gitleaks/gitleaks#configuration
 */
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { SecretRuleError } from './secret-rule-error.ts';

const texts = z.array(z.string().max(20_000)).max(20_000).default([]);

const allowlist = z.object({
  condition: z
    .string()
    .transform((word) => word.toUpperCase())
    .pipe(z.enum(['AND', '&&', 'OR', '||', '']))
    .default('OR'),
  commits: texts,
  paths: texts,
  regexes: texts,
  regexTarget: z.enum(['secret', 'match', 'line', '']).default('secret'),
  stopwords: texts,
  /** In allowlists of the whole file: the rules it holds for; all where there are none. */
  targetRules: texts,
});

const rule = z.object({
  id: z.string().min(1).max(200),
  description: z.string().max(2000).default(''),
  regex: z.string().max(20_000).optional(),
  path: z.string().max(20_000).optional(),
  secretGroup: z.int().min(0).max(100).default(0),
  entropy: z.number().min(0).max(8).default(0),
  keywords: z.array(z.string().min(1).max(200)).max(1000).default([]),
  allowlist: allowlist.optional(),
  allowlists: z.array(allowlist).max(1000).default([]),
  skipReport: z.boolean().default(false),
  /** Rules that hold only beside others are not supported: refused rather than found too often. */
  required: z.undefined({ error: 'composite rules ("required") are not supported' }).optional(),
  wharfinger: z
    .object({
      title: z.string().min(1).max(200).optional(),
      severity: z.enum(['critical', 'high', 'medium', 'low', 'unknown']).optional(),
      category: z.string().max(100).optional(),
      /** Gives way to every other rule that finds the same text. */
      generic: z.boolean().optional(),
    })
    .default({}),
});

const ruleFile = z.object({
  extend: z
    .object({
      useDefault: z.boolean().default(false),
      disabledRules: texts,
      path: z.undefined({ error: 'rules cannot be taken from another file' }).optional(),
      url: z.undefined({ error: 'rules cannot be taken from an address' }).optional(),
    })
    .default({ useDefault: false, disabledRules: [] }),
  allowlist: allowlist.optional(),
  allowlists: z.array(allowlist).max(1000).default([]),
  rules: z.array(rule).max(10_000).default([]),
});

/** @internal */
export type RuleText = z.infer<typeof rule>;
/** @internal */
export type AllowlistText = z.infer<typeof allowlist>;
/** @internal */
export type RuleFile = z.infer<typeof ruleFile>;

/**
 * Reads a file of rules. `source` numbers it in error messages. Throws {@link SecretRuleError}.
 * @internal
 */
export function parseRuleFile(text: string, source: number): RuleFile {
  const parsed = ruleFile.safeParse(parseToml(text, source));
  if (parsed.success) return withoutDuplicates(parsed.data, source);
  const [issue] = parsed.error.issues;
  throw new SecretRuleError(`secret rules, source ${source}: ${issue?.path.join('.')}: ${issue?.message}`);
}

function parseToml(text: string, source: number): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const place = `line ${error.line}, column ${error.column}`;
    throw new SecretRuleError(`secret rules, source ${source}, ${place}: not valid TOML`, { cause: error });
  }
}

function withoutDuplicates(file: RuleFile, source: number): RuleFile {
  const ids = new Set<string>();
  for (const { id } of file.rules) {
    if (ids.has(id)) throw new SecretRuleError(`secret rules, source ${source}: the rule ${id} stands there twice`);
    ids.add(id);
  }
  return file;
}
