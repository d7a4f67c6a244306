import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { products, type Product } from '../catalog/index.ts';
import {
  beginLife,
  boundaries,
  nextHappening,
  passTime,
  stateAt,
  step,
  type Happening,
  type Life,
  type LifeEvent,
  type LifeState,
} from './lifecycle.ts';

const start = Temporal.Instant.from('2026-01-31T14:00:00+08:00');
const end = Temporal.Instant.from('2026-04-30T14:00:00+08:00');
const later = Temporal.Instant.from('2026-05-31T14:00:00+08:00');
const fiveDays = end.add({ hours: 5 * 24 });
const sixDays = end.add({ hours: 6 * 24 });

const delays = { isolationHours: 5 * 24, destructionHours: 6 * 24, reminderDays: 7 };

const lifeOf = (product: Product): Life => beginLife({ product, endsAt: end, ...delays }, start);

/** One second before, at and one second after an instant, each with what is expected there. */
const around = <Answer>(instant: Temporal.Instant, before: Answer, from: Answer) =>
  [
    [instant.subtract({ seconds: 1 }), before],
    [instant, from],
    [instant.add({ seconds: 1 }), from],
  ] as const;

describe.each(products)('the life of %s', (product) => {
  const life = lifeOf(product);
  const changes = (happened: readonly Happening[]) =>
    happened.filter(({ kind }) => !kind.endsWith('-due')).map(({ kind, at }) => [kind, at.toString()]);

  it.each<readonly [Temporal.Instant, LifeState]>([
    ...around<LifeState>(end, 'active', 'isolated'),
    ...around<LifeState>(fiveDays, 'isolated', 'stopped'),
    ...around<LifeState>(sixDays, 'stopped', 'destroyed'),
  ])('at %s is %s', (now, state) => {
    expect(stateAt(life, now)).toBe(state);
    expect(passTime(life, now).life.state).toBe(state);
  });

  it.each([
    ...around(end, 'renewed', 'renewed'),
    ...around(fiveDays, 'renewed', 'not-renewable'),
    ...around(sixDays, 'not-renewable', 'destroyed'),
  ])('renewed at %s: %s', (now, answer) => {
    const outcome = step(life, { kind: 'renew', until: later }, now);
    if (outcome.refusal === undefined) {
      expect(outcome.happened.at(-1)).toEqual({ kind: 'renewed', at: now });
      expect(outcome.life).toMatchObject({ state: 'active', endsAt: later });
      expect(answer).toBe('renewed');
    } else {
      expect(outcome.refusal).toBe(answer);
    }
  });

  it.each([
    ...around(end, 'widened', 'not-in-force'),
    ...around(fiveDays, 'not-in-force', 'not-in-force'),
    ...around(sixDays, 'not-in-force', 'destroyed'),
  ])('widened at %s: %s', (now, answer) => {
    const outcome = step(life, { kind: 'widen' }, now);
    expect(outcome.refusal ?? outcome.happened.at(-1)?.kind).toBe(answer);
  });

  it('passes each boundary at its own instant, however late that is noticed', () => {
    const expected = [
      ['isolated', end.toString()],
      ['stopped', fiveDays.toString()],
      ['destroyed', sixDays.toString()],
    ];
    expect(changes(passTime(life, sixDays.add({ hours: 1000 })).happened)).toEqual(expected);
    expect(changes(passTime(life, fiveDays).happened)).toEqual(expected.slice(0, 2));
  });

  it('renewed in the turn of its end is never isolated', () => {
    for (const now of [end, end.add({ hours: 2 })]) {
      const outcome = step(life, { kind: 'renew', until: later, inTurn: true }, now);
      if (outcome.refusal !== undefined) throw new Error(outcome.refusal);
      expect(changes(outcome.happened)).toEqual([['renewed', now.toString()]]);
      expect(outcome.life.state).toBe('active');
    }
    expect(step(life, { kind: 'renew', until: later, inTurn: true }, fiveDays)).toEqual({ refusal: 'not-renewable' });
  });

  it('is over for ever when it was refunded', () => {
    const ended = step(life, { kind: 'end' }, start.add({ hours: 1 }));
    if (ended.refusal !== undefined) throw new Error(ended.refusal);
    expect(ended.happened).toEqual([{ kind: 'destroyed', at: start.add({ hours: 1 }) }]);
    expect(nextHappening(ended.life)).toBeUndefined();
    expect(stateAt(ended.life, end)).toBe('destroyed');
    expect(step(ended.life, { kind: 'renew', until: later }, end)).toEqual({ refusal: 'destroyed' });
    expect(step(ended.life, { kind: 'end' }, end)).toEqual({ refusal: 'destroyed' });
  });
});

describe('what people are told', () => {
  const told = (happened: readonly Happening[], kind: Happening['kind']) =>
    happened.filter((each) => each.kind === kind).map(({ at }) => at.toZonedDateTimeISO('+08:00').toPlainDateTime());
  const tens = (...days: string[]) => days.map((day) => Temporal.PlainDateTime.from(`2026-${day}T10:00`));

  it('is said at 10:00 market time on each day of the window', () => {
    const { happened } = passTime(lifeOf('professional'), later);
    expect(told(happened, 'reminder-due')).toEqual(tens('04-24', '04-25', '04-26', '04-27', '04-28', '04-29', '04-30'));
    expect(told(happened, 'isolation-notice-due')).toEqual(tens('05-01', '05-02', '05-03', '05-04', '05-05', '05-06'));
  });

  it('is not said of an end that a renewal has moved', () => {
    const renewed = step(lifeOf('professional'), { kind: 'renew', until: later }, start.add({ hours: 1 }));
    if (renewed.refusal !== undefined) throw new Error(renewed.refusal);
    expect(passTime(renewed.life, sixDays).happened).toEqual([]);
    expect(nextHappening(renewed.life)?.at.toString()).toBe('2026-05-25T02:00:00Z');
  });

  it('puts a change before a notice of the same instant', () => {
    const atTen = beginLife({ product: 'professional', endsAt: end.subtract({ hours: 4 }), ...delays }, start);
    const { stopped } = boundaries(atTen);
    const kinds = passTime(atTen, later)
      .happened.filter(({ at }) => at.equals(stopped))
      .map(({ kind }) => kind);
    expect(kinds).toEqual(['stopped', 'isolation-notice-due']);
  });
});

it('refuses an end that is not later, and a clock that goes backwards', () => {
  const life = lifeOf('log-analysis');
  expect(step(life, { kind: 'renew', until: end }, start)).toEqual({ refusal: 'end-not-later' });
  const isolated = { ...life, isolationHours: 2000, destructionHours: 2000 };
  expect(step(isolated, { kind: 'renew', until: later }, later)).toEqual({ refusal: 'end-not-later' });
  expect(() => passTime(life, start.subtract({ seconds: 1 }))).toThrow(RangeError);
  expect(() => beginLife({ ...life, endsAt: start }, start)).toThrow(RangeError);
});

/**
 * The rules told a second time, as a person would on paper: one hour after the other, looking at the calendar each time.
 * Knows nothing of the code above.
 */
class PaperLife {
  phase = 'A';
  hour = 0;
  readonly diary: string[] = [];
  end: number;
  constructor(end: number) {
    this.end = end;
  }

  tick(): void {
    this.hour += 1;
    if (this.phase === 'D') return;
    if (this.phase === 'A' && this.hour >= this.end) this.turn('I');
    else if (this.phase === 'I' && this.hour >= this.end + 120) this.turn('S');
    else if (this.phase === 'S' && this.hour >= this.end + 144) this.turn('D');
    // Hour 0 is 14:00, so that 10:00 is 20 hours later.
    if (this.hour % 24 !== 20 || this.phase === 'D' || this.hour === this.end) return;
    if (this.hour < this.end && this.end - this.hour <= 168) this.diary.push(`${this.hour} R`);
    if (this.hour > this.end) this.diary.push(`${this.hour} N`);
  }
  command(word: 'renew' | 'widen' | 'end', months: number): void {
    if (word === 'end' && this.phase !== 'D') this.turn('D');
    if (word === 'widen' && this.phase === 'A') this.diary.push(`${this.hour} W`);
    if (word === 'renew' && (this.phase === 'A' || this.phase === 'I')) {
      this.end += months * 720;
      this.phase = 'A';
      this.diary.push(`${this.hour} M`);
    }
  }
  private turn(phase: string): void {
    this.phase = phase;
    this.diary.push(`${this.hour} ${phase}`);
  }
}

describe('two tellings of the rules', () => {
  const letters: Record<Happening['kind'], string> = {
    'reminder-due': 'R',
    isolated: 'I',
    'isolation-notice-due': 'N',
    stopped: 'S',
    destroyed: 'D',
    renewed: 'M',
    widened: 'W',
  };
  const phases: Record<LifeState, string> = { active: 'A', isolated: 'I', stopped: 'S', destroyed: 'D' };
  const anyMove = fc.record({
    wait: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.constantFrom(0, 1, 23, 24, 119, 120, 121, 143, 144, 145)),
    command: fc.constantFrom('time' as const, 'renew' as const, 'renew' as const, 'widen' as const, 'end' as const),
    months: fc.integer({ min: 1, max: 2 }),
  });

  it('agree after any sequence of commands and moves of the clock', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(...products),
        fc.integer({ min: 1, max: 800 }),
        fc.array(anyMove, { minLength: 1, maxLength: 12 }),
        (product, hours, moves) => {
          let life = beginLife({ product, endsAt: start.add({ hours }), ...delays }, start);
          const paper = new PaperLife(hours);
          const diary: string[] = [];
          for (const { wait, command, months } of moves) {
            for (let hour = 0; hour < wait; hour += 1) paper.tick();
            const now = start.add({ hours: paper.hour });
            const event: LifeEvent =
              command === 'renew'
                ? { kind: 'renew', until: life.endsAt.add({ hours: months * 720 }) }
                : { kind: command };
            let outcome = step(life, event, now);
            if (outcome.refusal !== undefined) outcome = step(life, { kind: 'time' }, now);
            if (outcome.refusal !== undefined) throw new Error('time alone is never refused');
            if (command !== 'time') paper.command(command, months);
            life = outcome.life;
            diary.push(
              ...outcome.happened.map(({ kind, at }) => `${at.since(start).total({ unit: 'hours' })} ${letters[kind]}`),
            );
            expect(phases[life.state]).toBe(paper.phase);
            expect(life.endsAt.since(start).total({ unit: 'hours' })).toBe(paper.end);
          }
          expect(diary).toEqual(paper.diary);
          for (const line of diary) seen.add(line.split(' ')[1] ?? '');
        },
      ),
      { numRuns: 500 },
    );
    // The sequences have reached everything that can happen.
    expect([...seen].toSorted()).toEqual(Object.values(letters).toSorted());
  });
});
