/** How every door answers: HTTP 200 and bare `application/json`, whatever happened. Source: contract, README, "Replies". */
import type { FastifyReply } from 'fastify';
import type { ActionError } from '../platform/errors.ts';

/** Sends a response. Bytes, because the framework would add a charset to text, which the Python SDK cannot read. */
export function sendResponse(reply: FastifyReply, requestId: string, response: Record<string, unknown>): FastifyReply {
  return sendJson(reply, { Response: { ...response, RequestId: requestId } });
}

export function sendError(reply: FastifyReply, requestId: string, { code, message }: ActionError): FastifyReply {
  return sendJson(reply, { Response: { Error: { Code: code, Message: message }, RequestId: requestId } });
}

function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply
    .code(200)
    .header('content-type', 'application/json')
    .send(Buffer.from(JSON.stringify(value)));
}
