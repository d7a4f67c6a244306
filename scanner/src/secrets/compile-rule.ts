/** From the text of a rule to what the engine runs: the expression, and how to try it near a keyword. */
import type { Severity } from '../model.ts';
import { type Allowlist, stopwordAutomaton } from './allowlist.ts';
import { emitExpression } from './emit-expression.ts';
import { ExpressionError, type Expression } from './expression.ts';
import { hasOpenRepeats } from './find-open-repeats.ts';
import { keywordOffset, keywordPart, type Span, widthOf } from './measure-expression.ts';
import { parseRe2 } from './parse-re2.ts';
import type { AllowlistText, RuleText } from './rule-format.ts';
import { SecretRuleError } from './secret-rule-error.ts';

export interface SecretRule {
  id: string;
  title: string;
  severity: Severity;
  category: string;
  generic: boolean;
  tags: string[];
  /** Otherwise it only serves rules that require it. */
  reported: boolean;
  /** Others that must find something near. */
  required: Requirement[];
  keywords: string[];
  secretGroup: number;
  entropy: number;
  /** Files are told by their path alone: there is no `matcher`. */
  pathOnly: boolean;
  readonly path: RegExp | undefined;
  readonly matcher: Matcher | undefined;
  readonly allowlists: readonly Allowlist[];
}

/** That a rule finds something near. */
export interface Requirement {
  /** Its index; undefined where it is switched off: then it finds nothing. */
  rule: number | undefined;
  /** What near means; one of them is enough where the rule is required more than once. */
  bounds: Bounds[];
}

/** Without either anywhere in the file is near. */
export interface Bounds {
  withinLines?: number | undefined;
  withinColumns?: number | undefined;
}

/** How an expression is run. */
export interface Matcher {
  /** Sticky, for one place. */
  at: RegExp;
  /** Global, for a stretch of text. */
  anywhere: RegExp;
  /** Where a match starts before the keyword that it holds; nothing where only the whole file will do. */
  near: { start: Span; probe: RegExp | undefined } | undefined;
  /** No match is longer than `reachBytes`; otherwise a run is given no more text than that. */
  bounded: boolean;
  reachBytes: number;
  /** Could take more than proportional time: runs under a time limit of its own. */
  open: boolean;
}

/** A match longer than this is cut; PEM keys and service-account files stay well below. */
const LONGEST_MATCH = 16_384;
const LONGEST_OPEN_MATCH = 4096;
/** With more possible starts than this it is cheaper to search a stretch than to try each. */
const MOST_STARTS = 1024;

/**
 * `numbers` are the indexes of all rules by id. Throws {@link SecretRuleError} that names the rule. Expressions are compiled when one is first needed: most rules meet their
 * keyword in no file of an image. {@link compileNow} does it at once, for rules that may be wrong.
 * @internal
 */
export function compileRule(text: RuleText, file: string, numbers: ReadonlyMap<string, number>): SecretRule {
  const where = `secret rules, ${file}, rule ${text.id}`;
  if (text.regex === undefined && text.path === undefined) {
    throw new SecretRuleError(`${where}: neither regex nor path, nor a rule with this id to take them from`);
  }
  const keywords = [...new Set(text.keywords.map((keyword) => keyword.toLowerCase()))];
  const path = once(() => (text.path === undefined ? undefined : compilePath(text.path, `${where}, path`)));
  const matcher = once(() => matcherOf(text, keywords, where));
  const allowlists = once(() => text.allowlists.map((list) => compileAllowlist(list, where)));
  return {
    id: text.id,
    title: text.wharfinger.title ?? (text.description || text.id),
    severity: text.wharfinger.severity ?? (isGeneric(text) ? 'medium' : 'high'),
    category: text.wharfinger.category ?? 'credential',
    generic: isGeneric(text),
    tags: text.tags,
    reported: !text.skipReport,
    required: [...Map.groupBy(text.required, (required) => required.id)].map(([id, bounds]) => ({
      rule: numbers.get(id),
      bounds,
    })),
    keywords,
    secretGroup: text.secretGroup,
    entropy: text.entropy,
    pathOnly: text.regex === undefined,
    get path() {
      return path();
    },
    get matcher() {
      return matcher();
    },
    get allowlists() {
      return allowlists();
    },
  };
}

/** Throws {@link SecretRuleError} where the rule cannot be compiled. */
export function compileNow({ path, matcher, allowlists }: SecretRule): void {
  void [path, matcher, allowlists];
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function matcherOf(text: RuleText, keywords: readonly string[], where: string): Matcher | undefined {
  if (text.regex === undefined) return undefined;
  const tree = readExpression(text.regex, `${where}, regex`);
  if (text.secretGroup > countGroups(tree)) {
    throw new SecretRuleError(
      `${where}: secretGroup ${text.secretGroup}, but the regex has ${countGroups(tree)} groups`,
    );
  }
  return compileMatcher(tree, keywords);
}

function isGeneric(text: RuleText): boolean {
  return text.wharfinger.generic ?? text.id.startsWith('generic');
}

/**
 * `trusted` says that its paths are known to run freely: they are ours.
 * @internal
 */
export function compileAllowlist(list: AllowlistText, where: string, trusted = false): Allowlist {
  const trees = once(() => list.regexes.map((regex) => readExpression(regex, `${where}, regex of an allowlist`)));
  const expressions = once(() => trees().map((tree) => new RegExp(emitExpression(tree))));
  const open = once(() => trees().some((tree) => hasOpenRepeats(tree)));
  if (!trusted) open();
  return {
    all: list.condition === 'AND' || list.condition === '&&',
    paths: list.paths.map((path) => compilePath(path, `${where}, path of an allowlist`, trusted)),
    hasExpressions: list.regexes.length > 0,
    get expressions() {
      return expressions();
    },
    get open() {
      return open();
    },
    target: list.regexTarget || 'secret',
    stopwords: stopwordAutomaton(list.stopwords),
    namesCommits: list.commits.length > 0,
  };
}

/** For questions of yes or no on a path, asked for every file: refused where one could take for ever. */
function compilePath(source: string, where: string, trusted = false): RegExp {
  const tree = readExpression(source, where);
  if (!trusted && hasOpenRepeats(tree)) {
    throw new SecretRuleError(`${where}: repetitions inside or after one another could take for ever here`);
  }
  return new RegExp(emitExpression(tree));
}

function readExpression(source: string, where: string): Expression {
  try {
    return parseRe2(source);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new SecretRuleError(`${where}: ${error.message}`, { cause: error });
  }
}

function compileMatcher(tree: Expression, keywords: readonly string[]): Matcher {
  const source = emitExpression(tree);
  const open = hasOpenRepeats(tree);
  const width = widthOf(tree);
  const start = keywords.length > 0 ? keywordOffset(tree, keywords) : undefined;
  const near = start && start.max <= MOST_STARTS ? { start, probe: probeFor(tree, keywords, start) } : undefined;
  return {
    at: new RegExp(source, 'y'),
    anywhere: new RegExp(source, 'g'),
    near,
    bounded: width.max <= LONGEST_MATCH,
    reachBytes: Math.min(width.max, open ? LONGEST_OPEN_MATCH : LONGEST_MATCH),
    open,
  };
}

/**
 * The part of the expression from the keyword on. Where it does not match at a keyword, the whole cannot match around it,
 * and the many places where a match could start need not be tried.
 */
function probeFor(tree: Expression, keywords: readonly string[], start: Span): RegExp | undefined {
  if (start.min === start.max) return undefined;
  const branches = tree.type === 'choice' ? tree.branches : [tree];
  const tails = branches.map((branch) => tailFrom(branch, keywords));
  if (!tails.every((tail) => tail !== undefined)) return undefined;
  return new RegExp(tails.map((tail) => emitExpression({ type: 'sequence', parts: tail })).join('|'), 'y');
}

function tailFrom(branch: Expression, keywords: readonly string[]): Expression[] | undefined {
  const parts = branch.type === 'sequence' ? branch.parts : [branch];
  const found = keywordPart(parts, keywords);
  if (!found || found.offset.min !== found.before.min || found.offset.max !== found.before.max) return undefined;
  return parts.slice(found.index);
}

function countGroups(tree: Expression): number {
  switch (tree.type) {
    case 'set':
    case 'assertion':
      return 0;
    case 'group':
      return 1 + countGroups(tree.body);
    case 'repeat':
      return countGroups(tree.body);
    case 'sequence':
      return tree.parts.reduce((sum, part) => sum + countGroups(part), 0);
    case 'choice':
      return tree.branches.reduce((sum, branch) => sum + countGroups(branch), 0);
    default:
      return tree satisfies never;
  }
}
