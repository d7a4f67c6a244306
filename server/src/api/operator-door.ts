/**
 * The operator's door: a Unix socket in the data folder that only the service's own account can open. Whoever opens it
 * is the operator; requests carry no signature.
 */
import { randomUUID } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import fastify from 'fastify';
import type { AnyAction } from '../platform/action.ts';
import type { Platform } from '../platform/platform.ts';
import { createActionRegistry } from './action-registry.ts';
import { actions } from './actions.ts';
import { invokeAction, toActionError } from './invoke-action.ts';
import { prepareSocket } from './operator-socket.ts';
import { prepareOrderlyClose } from './orderly-close.ts';
import { parseBody } from './parse-request.ts';
import { sendError, sendResponse } from './reply.ts';
import { answerRefusal, maxBodyBytes } from './wire-door.ts';

export interface OperatorDoor {
  close(): Promise<void>;
}

/** Listens on the operator's socket of this data folder. */
export async function startOperatorDoor(platform: Platform): Promise<OperatorDoor> {
  const registry = createActionRegistry(actions.filter(({ kind }) => kind === 'operator'));
  const app = fastify({ bodyLimit: maxBodyBytes });
  const close = prepareOrderlyClose(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, _request, reply) => answerRefusal(platform, error, reply));
  app.post('/', async (request, reply) => {
    const requestId = randomUUID();
    let action: AnyAction | undefined;
    try {
      action = registry.find(
        String(request.headers['x-tc-action'] ?? ''),
        String(request.headers['x-tc-version'] ?? ''),
      );
      const body = parseBody(Buffer.isBuffer(request.body) ? request.body : new Uint8Array());
      const response = await invokeAction(platform, action, { kind: 'operator', key: 'socket' }, body, requestId);
      return sendResponse(reply, requestId, response);
    } catch (error) {
      return sendError(reply, requestId, toActionError(platform, error, action, requestId));
    }
  });
  const path = prepareSocket(platform.config.home);
  // The file is made with the process's mask; nobody else may open it at any moment.
  const mask = process.umask(0o177);
  try {
    await app.listen({ path });
  } finally {
    process.umask(mask);
  }
  chmodSync(path, 0o600);
  return {
    async close() {
      await close();
      rmSync(path, { force: true });
    },
  };
}
