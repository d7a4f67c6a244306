/**
 * `action()`: how everything that the service can do is declared. The doors (wire API, operator socket, OpenAPI, command
 * line) stand on the list of actions in `api/actions.ts`; nothing is implemented twice.
 */
import type { z } from 'zod';
import type { AppTransaction, SystemTransaction } from './database/index.ts';
import type { Platform } from './platform.ts';

/** API families, named `<product>/<version>`; the version is what `X-TC-Version` selects. */
export type ApiName = 'tcss/2020-11-01' | 'billing/2018-07-09' | 'cam/2019-01-16' | 'wharfinger/2026-11-01';

/** What must hold before a tenant's action runs. Checked by the door, in this order. */
export interface ActionNeeds {
  /** Real-name verification of the main account. */
  verifiedAccount?: boolean;
  /** A trial or a professional edition in force now. */
  edition?: boolean;
  /**
   * What the caller's roles must allow. One transaction that writes finances runs at a time for each tenant: the door locks
   * the wallet before it reads the time, so that an order which waited for another one comes after it.
   */
  role: `${'resource' | 'finance' | 'account'}:${'read' | 'write'}`;
}

/** Who a door has found out to be asking: an account, or the operator, by which key (`socket` on the operator's own socket). */
export type Identity = { kind: 'tenant'; tenant: bigint; uin: bigint } | { kind: 'operator'; key: string };

/** Who asks: an account's key, in its tenant. */
export interface Caller {
  /** The main account's Uin, which is the tenant. */
  readonly tenant: bigint;
  /** The calling account's own Uin (the same as `tenant` for a main account). */
  readonly uin: bigint;
  readonly requestId: string;
}

interface Common<Request> {
  readonly request: Request;
  /** Business time, read once for the whole action. */
  readonly now: Temporal.Instant;
  readonly requestId: string;
  readonly platform: Platform;
}

/** For actions that are one transaction: what they do is kept whole or not at all. */
export interface TenantContext<Request> extends Common<Request> {
  readonly tx: AppTransaction;
  readonly tenant: bigint;
  readonly caller: Caller;
}

/** For actions that talk to the outside between short transactions. */
export interface OutsideContext<Request> extends Common<Request> {
  readonly tenant: bigint;
  readonly caller: Caller;
  readonly inTenant: <T>(work: (tx: AppTransaction) => Promise<T>) => Promise<T>;
}

/**
 * For the operator's actions, which have no tenant of their own. The first transaction that one makes here also writes the
 * call into the audit log.
 */
export interface OperatorContext<Request> extends Common<Request> {
  readonly inSystem: <T>(work: (tx: SystemTransaction) => Promise<T>) => Promise<T>;
  readonly inTenant: <T>(tenant: bigint, work: (tx: AppTransaction) => Promise<T>) => Promise<T>;
}

interface Declaration<Request extends z.ZodType, Response extends z.ZodType, Name extends string> {
  api: ApiName;
  /** Case-sensitive; a literal type, by which the schemas are held against the official SDK's types. */
  name: Name;
  /** What it does, for OpenAPI and the docs: one sentence. */
  summary: string;
  request: Request;
  response: Response;
}

export interface TenantAction<
  Request extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  Name extends string = string,
> extends Declaration<Request, Response, Name> {
  kind: 'tenant';
  needs: ActionNeeds;
  handle(context: TenantContext<z.output<Request>>): Promise<z.input<Response>>;
}

export interface OutsideAction<
  Request extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  Name extends string = string,
> extends Declaration<Request, Response, Name> {
  kind: 'outside';
  needs: ActionNeeds;
  handle(context: OutsideContext<z.output<Request>>): Promise<z.input<Response>>;
}

export interface OperatorAction<
  Request extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  Name extends string = string,
> extends Declaration<Request, Response, Name> {
  kind: 'operator';
  /**
   * For an action that changes something in transactions of its own instead of those of its context: the call stands in
   * the audit log before it begins, and again with how it ended.
   */
  ownTransactions?: true;
  handle(context: OperatorContext<z.output<Request>>): Promise<z.input<Response>>;
}

export type AnyAction = TenantAction | OutsideAction | OperatorAction;

/** Declares an action that is one transaction of its tenant. */
export function action<Request extends z.ZodType, Response extends z.ZodType, const Name extends string>(
  declaration: Omit<TenantAction<Request, Response, Name>, 'kind'>,
): TenantAction<Request, Response, Name> {
  return { kind: 'tenant', ...declaration };
}

/** Declares an action that waits for something outside the database, with transactions of its own around that. */
export function outsideAction<Request extends z.ZodType, Response extends z.ZodType, const Name extends string>(
  declaration: Omit<OutsideAction<Request, Response, Name>, 'kind'>,
): OutsideAction<Request, Response, Name> {
  return { kind: 'outside', ...declaration };
}

/** Declares an action of the operator: served on the operator's socket, and on the wire to an operator's key. */
export function operatorAction<Request extends z.ZodType, Response extends z.ZodType, const Name extends string>(
  declaration: Omit<OperatorAction<Request, Response, Name>, 'kind'>,
): OperatorAction<Request, Response, Name> {
  return { kind: 'operator', ...declaration };
}
