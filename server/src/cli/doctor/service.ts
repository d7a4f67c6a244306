import { once } from 'node:events';
import { createServer } from 'node:net';
import { operatorSocketPath } from '../../api/operator-socket.ts';
import { errorCode, errorLine } from '../../platform/error-line.ts';
import { homeOwner } from '../../service/home-lock.ts';
import { callOperatorSocket } from '../service-call.ts';
import { fail, ok, type Check, type Ground } from './check.ts';

/** Whether the service runs and answers, or could have its port. */
export async function checkService({ home, config }: Ground): Promise<Check[]> {
  const owner = homeOwner(home);
  if (owner) return [await checkRunning(home, owner.pid)];
  if (!config) return [];
  const { host, port } = config;
  try {
    await tryToListen(host, port);
    return [ok('port', `the service does not run; port ${port} of ${host} is free`)];
  } catch (error) {
    const advice = errorCode(error) === 'EADDRINUSE' ? 'set PORT to a free one' : 'mend HOST or PORT';
    return [fail('port', `port ${port} of ${host} cannot be had: ${errorLine(error)}`, advice)];
  }
}

async function checkRunning(home: string, pid: number): Promise<Check> {
  const running = `the service runs as process ${pid}`;
  try {
    const call = { action: 'DescribeAccounts', version: '2026-11-01', parameters: { Limit: 1 } };
    await callOperatorSocket(operatorSocketPath(home), call);
    return ok('service', `${running}, and answers on the operator's socket`);
  } catch (error) {
    // Only processes of the role `api` have the socket.
    if (errorCode(error) === 'ENOENT') return ok('service', `${running}, without an operator's socket`);
    return fail(
      'service',
      `${running}, but does not answer: ${errorLine(error)}`,
      'look at its log, and start it again',
    );
  }
}

async function tryToListen(host: string, port: number): Promise<void> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
