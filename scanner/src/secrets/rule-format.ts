/**
 * The file format of rules: gitleaks' TOML. What gitleaks does not know stands in `[rules.wharfinger]`, which it ignores.
 * Format: https://github.com/gitleaks/gitleaks#configuration
 */
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { SecretRuleError } from './secret-rule-error.ts';

const texts = z.array(z.string().max(20_000)).max(20_000).default([]);
/** Empty says the same as nothing. */
const expression = z
  .string()
  .max(20_000)
  .transform((text) => text || undefined)
  .optional();

const allowlist = z
  .object({
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
  })
  .refine(
    ({ commits, paths, regexes, stopwords }) => [commits, paths, regexes, stopwords].some((list) => list.length > 0),
    'names none of commits, paths, regexes, stopwords',
  );
const allowlists = z.array(allowlist).max(1000).default([]);

interface BothForms {
  allowlist?: z.infer<typeof allowlist> | undefined;
  allowlists: z.infer<typeof allowlist>[];
}
const notBothForms = [
  (lists: BothForms) => lists.allowlist === undefined || lists.allowlists.length === 0,
  'allowlist is the old form of allowlists: one of the two',
] as const;

function inNewForm<Lists extends BothForms>({ allowlist, ...others }: Lists): Omit<Lists, 'allowlist'> {
  return { ...others, allowlists: allowlist === undefined ? others.allowlists : [allowlist] };
}

const rule = z
  .object({
    id: z
      .string()
      .max(200)
      .refine((id) => id.trim() !== '', 'is empty'),
    description: z.string().max(2000).default(''),
    regex: expression,
    path: expression,
    secretGroup: z.int().min(0).max(100).default(0),
    entropy: z.number().default(0),
    keywords: z.array(z.string().min(1).max(200)).max(1000).default([]),
    tags: z.array(z.string().max(200)).max(100).default([]),
    /** The old form of `allowlists`. */
    allowlist: allowlist.optional(),
    allowlists,
    /** It only serves rules that require it. */
    skipReport: z.boolean().default(false),
    /** Rules of the same file, each of which must find something near. */
    required: z
      .array(
        z.object({
          id: z.string().min(1).max(200),
          withinLines: z.int().optional(),
          withinColumns: z.int().optional(),
        }),
      )
      .max(100)
      .default([]),
    wharfinger: z
      .object({
        title: z.string().min(1).max(200).optional(),
        severity: z.enum(['critical', 'high', 'medium', 'low', 'unknown']).optional(),
        category: z.string().max(100).optional(),
        /** Gives way to every other rule that finds the same text. */
        generic: z.boolean().optional(),
      })
      .default({}),
  })
  .refine(...notBothForms)
  .transform(inNewForm);

const ruleFile = z
  .object({
    extend: z
      .object({
        useDefault: z.boolean().default(false),
        disabledRules: texts,
        path: expression,
        url: z.undefined({ error: 'rules cannot be taken from an address' }).optional(),
      })
      .default({ useDefault: false, disabledRules: [] })
      .refine(({ useDefault, path }) => !useDefault || path === undefined, 'useDefault and path exclude each other'),
    allowlist: allowlist.optional(),
    allowlists,
    rules: z.array(rule).max(10_000).default([]),
  })
  .refine(...notBothForms)
  .transform(inNewForm);

/** @internal */
export type RuleText = z.infer<typeof rule>;
/** @internal */
export type AllowlistText = z.infer<typeof allowlist>;
/** @internal */
export type RuleFile = z.infer<typeof ruleFile>;

/**
 * Reads a file of rules. Of several with one id the last counts, as in gitleaks. `where` names the file in error messages.
 * Throws {@link SecretRuleError}.
 * @internal
 */
export function parseRuleFile(text: string, where: string): RuleFile {
  const parsed = ruleFile.safeParse(asSpelled(parseToml(text, where)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SecretRuleError(`secret rules, ${where}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const rules = new Map(parsed.data.rules.map((rule) => [rule.id, rule]));
  for (const { id, required } of rules.values()) {
    const missing = required.find((other) => !rules.has(other.id));
    if (missing) {
      throw new SecretRuleError(
        `secret rules, ${where}, rule ${id}: requires ${missing.id}, which is not in this file`,
      );
    }
  }
  return { ...parsed.data, rules: [...rules.values()] };
}

function parseToml(text: string, where: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const place = `line ${error.line}, column ${error.column}`;
    throw new SecretRuleError(`secret rules, ${where}, ${place}: not valid TOML`, { cause: error });
  }
}

const spellings = new Map(
  [
    'disabledRules',
    'regexTarget',
    'secretGroup',
    'skipReport',
    'targetRules',
    'useDefault',
    'withinColumns',
    'withinLines',
  ].map((name) => [name.toLowerCase(), name]),
);

/** gitleaks reads keys in any case (`stopWords`). */
function asSpelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => asSpelled(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const folded = key.toLowerCase();
      return [spellings.get(folded) ?? folded, asSpelled(item)];
    }),
  );
}
