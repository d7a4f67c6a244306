/** The API as an OpenAPI 3.1 document, made from the list of actions. */
import { z } from 'zod';
import type { AnyAction } from '../platform/action.ts';

/**
 * One operation for each action. All are `POST /` and told apart by the header `X-TC-Action`; as the keys of `paths`
 * must differ, each carries its action behind a `#`.
 */
export function openApiDocument(actions: readonly AnyAction[]): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Wharfinger',
      version: '2026-11-01',
      description:
        'Container security service. Requests are signed with TC3-HMAC-SHA256 and answered with HTTP 200; errors stand in `Response.Error`. Use TLS: signatures protect a request from change, not from being read or sent again.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: Object.fromEntries(actions.map((action) => [`/#X-TC-Action=${action.name}`, { post: operation(action) }])),
    components: {
      securitySchemes: {
        tc3: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'TC3-HMAC-SHA256 with SecretId and SecretKey.',
        },
      },
    },
    security: [{ tc3: [] }],
  };
}

function operation(action: AnyAction): Record<string, unknown> {
  const version = action.api.slice(action.api.indexOf('/') + 1);
  const constant = (name: string, value: string) => ({ name, in: 'header', required: true, schema: { const: value } });
  return {
    operationId: action.name,
    summary: action.summary,
    tags: [action.kind === 'operator' ? `${action.api} (operator)` : action.api],
    parameters: [constant('X-TC-Action', action.name), constant('X-TC-Version', version)],
    requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(action.request, 'input') } } },
    responses: {
      200: {
        description: 'The response, or an error.',
        content: { 'application/json': { schema: envelope(jsonSchema(action.response, 'output')) } },
      },
    },
  };
}

function envelope(response: Record<string, unknown>): Record<string, unknown> {
  const requestId = { type: 'object', properties: { RequestId: { type: 'string' } }, required: ['RequestId'] };
  const error = {
    type: 'object',
    properties: {
      Error: {
        type: 'object',
        properties: { Code: { type: 'string' }, Message: { type: 'string' } },
        required: ['Code', 'Message'],
      },
    },
    required: ['Error'],
  };
  const either = { allOf: [requestId, { oneOf: [response, error] }] };
  return { type: 'object', properties: { Response: either }, required: ['Response'] };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return io === 'output' ? withoutClosedObjects(rest) : rest;
}

/** Responses may grow: `additionalProperties: false` would also forbid `RequestId`. */
function withoutClosedObjects(value: Record<string, unknown>): Record<string, unknown> {
  const { additionalProperties: _, ...rest } = value;
  return rest;
}
