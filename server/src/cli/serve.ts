/** `wharfinger serve`: the service, until it is told to stop. */
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../platform/config.ts';
import { createLogger } from '../platform/log.ts';
import { startService, type Service } from '../service/start-service.ts';
import { parseRoles } from '../service/roles.ts';
import type { Command, CommandIo } from './command.ts';
import { stopInTime, stopSignal } from './stop-signal.ts';

export const serve: Command = {
  usage: `usage: wharfinger serve [--roles api,jobs,scan]
       Settings come from the environment: PORT, HOST, WHARFINGER_HOME, DATABASE_URL, …; see docs/settings.md.`,
  async run(argv, io) {
    const { values } = parseArgs({ args: argv, options: { roles: { type: 'string' } } });
    // Heard from the first moment on: one that comes while the parts start stops them in order too.
    const told = stopSignal();
    const service = await start(io, values.roles);
    await told;
    await stopInTime(() => service.stop());
    return 0;
  },
};

async function start(io: CommandIo, roles: string | undefined): Promise<Service> {
  const config = readConfig(io.env);
  const wanted = parseRoles(roles);
  if (wanted.size < 3 && !config.database) {
    throw new ConfigError(
      '--roles: several processes need a PostgreSQL of their own; set DATABASE_URL, DATABASE_URL_APP and DATABASE_URL_SYSTEM',
    );
  }
  const log = createLogger(config.logLevel);
  const service = await startService(config, wanted, log);
  io.stdout.write(welcome(service, config.home));
  return service;
}

function welcome({ url, platform }: Service, home: string): string {
  const clock =
    platform.clock.mode === 'test'
      ? 'The clock is a test clock: move it with "npm run -s wharfinger -- clock advance --by P1D".\n'
      : '';
  if (!url) return `wharfinger works, data in ${home}\n${clock}`;
  return `wharfinger listens on ${url}, data in ${home}
${clock}
Make an account:    npm run -s wharfinger -- account create --email you@example.com --verified
Point an SDK at it: endpoint ${url.replace(/^https?:\/\//, '')}, protocol ${url.split(':', 1)[0]}, with the SecretId and SecretKey that it prints.
Look around:        ${url}/openapi.json, ${url}/healthz, ${url}/metrics. Stop with Ctrl-C.
`;
}
