import type { SecretHit } from '../model.ts';
import { type Allowlist, allows, allowsFile, type Suspect } from './allowlist.ts';
import { hasNear, type Place, placeOfFile, placesOf } from './companions.ts';
import type { Matcher, SecretRule } from './compile-rule.ts';
import { linesAround, secretOf, trimNewlines } from './match-text.ts';
import { hitsOf } from './hits-of.ts';
import type { SecretRules } from './rule-set.ts';
import type { Match } from './settle-overlaps.ts';
import { shannonEntropy } from './shannon-entropy.ts';
import { TextPieces } from './text-pieces.ts';
import { runWithin } from './time-limit.ts';
import { narrowText } from './utf16.ts';

/** What a scan left out, for the caller to count and tell. */
export interface SecretScanLosses {
  /** Matches above the limit for one rule in one file. */
  hits: number;
  /** Files whose time ran out: what was found until then is reported. */
  outOfTime: number;
}

const MOST_HITS = 100;
/** Of a rule that requires others: most of its matches may have none beside them. And of those others. */
const MOST_CANDIDATES = 10_000;
const LONGEST_PATH = 4096;
const TIME_LIMIT_MS = 2000;
const TIME_LIMIT_MS_PER_MIB = 250;
/** Stretches that a whole-file rule is given at a time. */
const STRETCH = 262_144;
const OPEN_STRETCH = 8192;

/** Secrets in one file (or a piece of one), by line. `path` as in the image. Never throws for what the bytes hold. */
export function scanSecrets(
  rules: SecretRules,
  path: string,
  bytes: Uint8Array,
  losses: SecretScanLosses = { hits: 0, outOfTime: 0 },
): SecretHit[] {
  const scan = new FileScan(rules, path.slice(0, LONGEST_PATH), narrowText(bytes), losses);
  return scan.run();
}

/** One file against all rules. */
class FileScan {
  readonly #rules: SecretRules;
  readonly #path: string;
  readonly #bytes: Uint8Array;
  readonly #losses: SecretScanLosses;
  readonly #pieces: TextPieces;
  readonly #deadline: number;
  readonly #matches: Match[] = [];
  /** By rule: whether it is for this path. */
  readonly #wanted = new Map<number, boolean>();
  /** By rule: the end of its last match, before which none starts. */
  readonly #ends = new Map<number, number>();
  readonly #counts = new Map<number, number>();
  #steps = 0;
  #timeIsUp = false;
  #needsGuard = false;
  #guarded = false;

  constructor(rules: SecretRules, path: string, bytes: Uint8Array, losses: SecretScanLosses) {
    this.#rules = rules;
    this.#path = path;
    this.#bytes = bytes;
    this.#losses = losses;
    this.#pieces = new TextPieces(bytes);
    this.#deadline = performance.now() + TIME_LIMIT_MS + (bytes.length / 1_048_576) * TIME_LIMIT_MS_PER_MIB;
  }

  run(): SecretHit[] {
    if (this.#rules.allowlists.some(({ list, rules }) => !rules && allowsFile(list, this.#path))) return [];
    this.#pass();
    if (this.#needsGuard && !this.#timeIsUp) {
      this.#guarded = true;
      this.#guard(() => this.#pass());
    }
    const matches = this.#withCompanions();
    if (this.#timeIsUp) this.#losses.outOfTime++;
    return hitsOf(matches, this.#bytes);
  }

  /** All rules that can run freely, or when guarded all that cannot: a single step of theirs may take for ever. */
  #pass(): void {
    const whole = new Set(this.#rules.always);
    this.#rules.search(this.#bytes, (end, keywords) => {
      for (const number of keywords) {
        const keyword = this.#rules.keywords[number];
        if (!keyword) continue;
        for (const index of keyword.rules) {
          if (this.#rules.rules[index]?.matcher?.near === undefined) whole.add(index);
          else this.#tryNear(index, end - keyword.bytes);
        }
      }
      return !this.#timeIsUp;
    });
    for (const index of whole) this.#tryWhole(index);
  }

  #isInPass(rule: SecretRule): boolean {
    const open = rule.matcher?.open ?? false;
    if (open) this.#needsGuard = true;
    return open === this.#guarded;
  }

  #guard(action: () => void): void {
    if (!runWithin(this.#deadline - performance.now(), action)) this.#timeIsUp = true;
  }

  #tryNear(index: number, keywordAt: number): void {
    const rule = this.#rules.rules[index];
    const matcher = rule?.matcher;
    if (!rule || !matcher?.near || !this.#isInPass(rule) || this.#outOfTime()) return;
    const { start, probe } = matcher.near;
    const from = Math.max(keywordAt - start.max, this.#ends.get(index) ?? 0, 0);
    const to = keywordAt - start.min;
    // Asked before the bytes become text where the path can say no.
    if (from > to || (rule.path && !this.#isFor(index))) return;
    const { text, base } = this.#pieces.around(keywordAt);
    const stretch = matcher.bounded ? text : text.slice(0, keywordAt - base + matcher.reachBytes);
    if (probe) {
      probe.lastIndex = keywordAt - base;
      if (!probe.test(stretch)) return;
    }
    if (!this.#isFor(index)) return;
    for (let at = from; at <= to && !this.#outOfTime(); at++) {
      matcher.at.lastIndex = at - base;
      const match = matcher.at.exec(stretch);
      if (!match) continue;
      this.#ends.set(index, at + Math.max(match[0].length, 1));
      this.#keep(index, match, text, base);
      return;
    }
  }

  #tryWhole(index: number): void {
    const rule = this.#rules.rules[index];
    if (!rule || !this.#isInPass(rule) || this.#outOfTime() || !this.#isFor(index)) return;
    const { matcher } = rule;
    if (matcher) this.#search(index, matcher, (match, text, base) => this.#keep(index, match, text, base));
    else this.#matches.push({ rule, order: index, matchStart: 0, start: 0, end: 0, secret: '' });
  }

  /** Gives all matches in the file, none overlapping another or one that is known. */
  #search(index: number, matcher: Matcher, found: (match: RegExpExecArray, text: string, base: number) => void): void {
    const stretch = matcher.bounded ? STRETCH : OPEN_STRETCH;
    for (let start = 0; start < this.#bytes.length && !this.#outOfTime(); start += stretch) {
      const { text, base } = this.#pieces.around(start);
      const until = start + stretch - base;
      const part = text.slice(0, until + matcher.reachBytes + 1);
      let at = Math.max(start, this.#ends.get(index) ?? 0) - base;
      while (at < until && !this.#outOfTime()) {
        matcher.anywhere.lastIndex = at;
        const match = matcher.anywhere.exec(part);
        if (!match || match.index >= until) break;
        at = match.index + Math.max(match[0].length, 1);
        this.#ends.set(index, base + at);
        found(match, text, base);
      }
    }
  }

  #keep(index: number, match: RegExpExecArray, text: string, base: number): void {
    const rule = this.#rules.rules[index] as SecretRule;
    const secret = this.#secretIn(index, match, text);
    if (secret === undefined) return;
    const most = rule.required.length > 0 ? MOST_CANDIDATES : MOST_HITS;
    if (!this.#countsWithin(most, index)) return;
    const matchStart = base + match.index;
    const start = matchStart + match[0].indexOf(secret);
    this.#matches.push({ rule, order: index, matchStart, start, end: start + secret.length, secret });
  }

  #countsWithin(most: number, index: number): boolean {
    const count = (this.#counts.get(index) ?? 0) + 1;
    this.#counts.set(index, count);
    if (count > most) this.#losses.hits++;
    return count <= most;
  }

  /** What of a match is the secret; nothing where it has too little entropy or an allowlist lets it pass. */
  #secretIn(index: number, match: RegExpExecArray, text: string): string | undefined {
    const rule = this.#rules.rules[index] as SecretRule;
    const secret = secretOf(rule, match);
    if (secret === '' || (rule.entropy > 0 && shannonEntropy(secret) <= rule.entropy)) return undefined;
    const suspect = {
      path: this.#path,
      secret,
      match: trimNewlines(match[0]),
      line: () => linesAround(text, match.index, match.index + match[0].length),
    };
    if (rule.allowlists.some((list) => this.#isAllowed(list, suspect))) return undefined;
    const { allowlists } = this.#rules;
    const allowed = allowlists.some(
      ({ list, rules }) => (!rules || rules.has(index)) && this.#isAllowed(list, suspect),
    );
    return allowed ? undefined : secret;
  }

  /** Without the matches of composite rules that miss a companion. As in gitleaks, a path alone asks for none. */
  #withCompanions(): Match[] {
    const composite = this.#matches.filter(({ rule }) => rule.matcher && rule.required.length > 0);
    if (composite.length === 0) return this.#matches;
    const proven = new Set<Match>();
    const prove = (): void => {
      for (const match of this.#proven(composite)) proven.add(match);
    };
    this.#guarded = composite.some(({ rule }) => rule.required.some((other) => this.#isOpen(other.rule)));
    if (this.#guarded) this.#guard(prove);
    else prove();
    this.#counts.clear();
    return this.#matches.filter((match) => {
      if (!match.rule.matcher || match.rule.required.length === 0) return true;
      return proven.has(match) && this.#countsWithin(MOST_HITS, match.order);
    });
  }

  *#proven(composite: readonly Match[]): Generator<Match> {
    const sorted = composite.toSorted((a, b) => a.matchStart - b.matchStart);
    const places = placesOf(
      this.#bytes,
      sorted.map(({ matchStart }) => matchStart),
    );
    const companions = new Map<number, Place[]>();
    for (const [at, match] of sorted.entries()) {
      const place = places[at] as Place;
      const holds = match.rule.required.every(({ rule, bounds }) => {
        if (rule === undefined) return false;
        const near = companions.get(rule) ?? this.#placesOf(rule);
        companions.set(rule, near);
        return !this.#outOfTime() && bounds.some((one) => hasNear(place, one, near));
      });
      if (holds) yield match;
    }
  }

  /** Where a required rule matches: anywhere in the file, whatever its keywords. */
  #placesOf(index: number): Place[] {
    const rule = this.#rules.rules[index] as SecretRule;
    if (!this.#isFor(index)) return [];
    if (!rule.matcher) return [placeOfFile];
    const starts: number[] = [];
    this.#ends.delete(index);
    this.#counts.delete(index);
    this.#search(index, rule.matcher, (match, text, base) => {
      if (this.#secretIn(index, match, text) === undefined) return;
      if (this.#countsWithin(MOST_CANDIDATES, index)) starts.push(base + match.index);
    });
    return placesOf(this.#bytes, starts);
  }

  #isOpen(index: number | undefined): boolean {
    return index !== undefined && (this.#rules.rules[index]?.matcher?.open ?? false);
  }

  #isAllowed(list: Allowlist, suspect: Suspect): boolean {
    if (!list.open || this.#guarded) return allows(list, suspect);
    let allowed = false;
    this.#guard(() => {
      allowed = allows(list, suspect);
    });
    return allowed;
  }

  /** Whether the rule is for this path, asked once for each rule. */
  #isFor(index: number): boolean {
    let wanted = this.#wanted.get(index);
    if (wanted === undefined) {
      const rule = this.#rules.rules[index] as SecretRule;
      wanted =
        (rule.path?.test(this.#path) ?? true) &&
        !rule.allowlists.some((list) => allowsFile(list, this.#path)) &&
        !this.#rules.allowlists.some(({ list, rules }) => rules?.has(index) && allowsFile(list, this.#path));
      this.#wanted.set(index, wanted);
    }
    return wanted;
  }

  #outOfTime(): boolean {
    if (!this.#timeIsUp && ++this.#steps % 256 === 0) this.#timeIsUp = performance.now() > this.#deadline;
    return this.#timeIsUp;
  }
}
