/**
 * Holds the schemas of actions against the official SDK's types, at compile time and in both directions: the same fields,
 * of the same types, after taking `bigint` for `number`, literals for what they are literals of, and dropping optionality.
 */
import type { z } from 'zod';
import type { AnyAction } from '../platform/action.ts';

/** A type with its optional parts made plain, so that only names and kinds of values count. */
export type Plain<T> = T extends string
  ? string
  : T extends number | bigint
    ? number
    : T extends boolean
      ? boolean
      : T extends readonly (infer Item)[]
        ? Plain<Item>[]
        : T extends null | undefined
          ? never
          : { [Field in keyof T]-?: Plain<Exclude<T[Field], null | undefined>> };

/** Never when the two are the same; else the fields that differ, each with how. */
export type Difference<Ours, Theirs> = [Ours, Theirs] extends [readonly (infer OurItem)[], readonly (infer TheirItem)[]]
  ? Difference<OurItem, TheirItem>
  : [Ours, Theirs] extends [object, object]
    ? {
        [Field in keyof Ours | keyof Theirs]: Field extends keyof Ours
          ? Field extends keyof Theirs
            ? [Difference<Ours[Field], Theirs[Field]>] extends [never]
              ? never
              : { field: Field; differs: Difference<Ours[Field], Theirs[Field]> }
            : { field: Field; only: 'ours' }
          : { field: Field; only: "the SDK's" };
      }[keyof Ours | keyof Theirs]
    : [Ours] extends [Theirs]
      ? [Theirs] extends [Ours]
        ? never
        : { ours: Ours; theirs: Theirs }
      : { ours: Ours; theirs: Theirs };

/** The types of an SDK client's method: what it takes and what it gives. */
interface Method<Client, Name> {
  request: Name extends keyof Client
    ? Client[Name] extends (request: infer Request, ...rest: never[]) => unknown
      ? Request
      : never
    : never;
  response: Name extends keyof Client
    ? Client[Name] extends (...input: never[]) => Promise<infer Response>
      ? Response
      : never
    : never;
}

/** A request without fields is `null` or `{}` for the SDK, and a record of nothing for zod. */
type Fields<T> = [Exclude<T, null | undefined>] extends [never]
  ? Record<never, never>
  : string extends keyof Exclude<T, null | undefined>
    ? Record<never, never>
    : Plain<Exclude<T, null | undefined>>;

/** What differs between one action's schemas and the SDK's method of its name; never when nothing does. */
export type ActionDifference<Client, Action extends AnyAction> = Action['name'] extends keyof Client
  ?
      | At<'request', Difference<Fields<z.input<Action['request']>>, Fields<Method<Client, Action['name']>['request']>>>
      | At<
          'response',
          Difference<
            Fields<z.output<Action['response']>>,
            Fields<Omit<Method<Client, Action['name']>['response'], 'RequestId'>>
          >
        >
  : 'the SDK has no such action';

type At<Side extends string, Problem> = [Problem] extends [never] ? never : { side: Side; problem: Problem };

/** The actions that differ from the SDK, each with how; an object without fields when none does. */
export type Differences<Client, Actions extends readonly AnyAction[]> = {
  [Action in Actions[number] as [ActionDifference<Client, Action>] extends [never]
    ? never
    : Action['name']]: ActionDifference<Client, Action>;
};
