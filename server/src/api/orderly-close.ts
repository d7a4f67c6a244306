/** An orderly end of a server: running requests get their answers, and nobody holds it up who has none to get. */
import type { FastifyInstance } from 'fastify';

/** A client that is still sending its request when the stop begins has so long to go on. */
const sendingPatienceMs = 2_000;
const lookMs = 50;

/** To be called before the server listens; gives the function that closes it. */
export function prepareOrderlyClose(app: FastifyInstance): () => Promise<void> {
  let running = 0;
  app.addHook('preHandler', async (_request, reply) => {
    running += 1;
    reply.raw.once('close', () => (running -= 1));
  });
  return async () => {
    // A connection whose answer is sent after the close began would stay open for its whole keep-alive time.
    const idle = setInterval(() => app.server.closeIdleConnections(), lookMs);
    let sending: NodeJS.Timeout | undefined;
    const patience = setTimeout(() => {
      sending = setInterval(() => running === 0 && app.server.closeAllConnections(), lookMs);
    }, sendingPatienceMs);
    try {
      await app.close();
    } finally {
      clearInterval(idle);
      clearTimeout(patience);
      clearInterval(sending);
    }
  };
}
