/** The public HTTP server: wire API, OpenAPI, health and metrics on one port. */
import { readFileSync } from 'node:fs';
import fastify, { type FastifyInstance } from 'fastify';
import { errorCode, errorLine } from '../platform/error-line.ts';
import type { Platform } from '../platform/platform.ts';
import { actions } from './actions.ts';
import { createActionRegistry } from './action-registry.ts';
import { createMetrics } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import { prepareOrderlyClose } from './orderly-close.ts';
import { readServiceFigures } from './service-figures.ts';
import { installWebhookDoor } from './webhook-door.ts';
import { answerRefusal, installWireDoor, maxBodyBytes } from './wire-door.ts';

export interface HttpServer {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no new requests and waits for those that run. */
  close(): Promise<void>;
}

/** The longest that a client may take to send its request. */
const requestTimeoutMs = 60_000;

/** Listens on the configured address. Throws with one line when the port is taken. */
export async function startHttpServer(platform: Platform): Promise<HttpServer> {
  const { host, port, tls } = platform.config;
  const app = createApp(platform);
  const close = prepareOrderlyClose(app);
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new Error(whyNotListening(error, host, port), { cause: error });
  }
  const address = app.server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return { url: `${tls ? 'https' : 'http'}://${shownHost}:${actualPort}`, close };
}

function whyNotListening(error: unknown, host: string, port: number): string {
  const code = errorCode(error);
  if (code === 'EADDRINUSE') return `PORT: ${port} of ${host} is in use; set PORT to a free one`;
  if (code === 'EACCES') return `PORT: this account may not listen on ${port}; set PORT to 1024 or more`;
  return `HOST: cannot listen on ${host}: ${errorLine(error)}`;
}

/** The server without an address, for tests to inject requests into. */
export function createApp(platform: Platform): FastifyInstance {
  const { tls, behindProxy } = platform.config;
  const metrics = createMetrics(() => readServiceFigures(platform));
  const options = {
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    trustProxy: behindProxy,
    exposeHeadRoutes: false,
  };
  const app = tls
    ? (fastify({
        ...options,
        https: { cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) },
      }) as unknown as FastifyInstance)
    : fastify(options);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, _request, reply) => answerRefusal(platform, error, reply));
  installWireDoor(app, platform, createActionRegistry(actions), metrics);
  installWebhookDoor(app, platform);

  const document = JSON.stringify(openApiDocument(actions));
  app.get('/openapi.json', (_request, reply) => reply.type('application/json').send(document));
  app.get('/healthz', (_request, reply) => reply.send('ok\n'));
  app.get('/readyz', async (_request, reply) => {
    try {
      await platform.database.ping();
      return await reply.send('ready\n');
    } catch (error) {
      platform.log.warn({ err: error }, 'the database does not answer');
      return reply.code(503).send('the database does not answer\n');
    }
  });
  app.get('/metrics', async (_request, reply) => {
    const { text, contentType } = await metrics.expose();
    return reply.header('content-type', contentType).send(text);
  });
  return app;
}
