/** `wharfinger doctor`: what this machine offers to the service, and what to do where something is missing. */
import { parseArgs } from 'node:util';
import { ConfigError, readConfig, wharfingerHome } from '../platform/config.ts';
import { errorLine } from '../platform/error-line.ts';
import { writeResult, type Command, type CommandIo } from './command.ts';
import { fail, ok, type Check, type Checks, type Ground } from './doctor/check.ts';
import { checkDataFolder, checkDisk, checkMasterKey } from './doctor/data-folder.ts';
import { checkDatabase } from './doctor/database.ts';
import { checkNode, checkSandbox } from './doctor/machine.ts';
import { checkService } from './doctor/service.ts';

/** In the order in which they are shown. */
const checks: readonly Checks[] = [
  checkNode,
  checkDataFolder,
  checkDisk,
  checkMasterKey,
  checkDatabase,
  checkService,
  checkSandbox,
];

export const doctor: Command = {
  usage: `usage: wharfinger doctor [--json]
       Checks with the same settings as "serve" would; changes nothing. Exit status 2 when something fails.`,
  async run(argv, io) {
    const { values } = parseArgs({ args: argv, options: { json: { type: 'boolean', default: false } } });
    const results = await examine(io);
    const healthy = results.every(({ state }) => state !== 'fail');
    writeResult(io, values.json, { healthy, checks: results }, results.flatMap(toLines));
    return healthy ? 0 : 2;
  },
};

async function examine(io: CommandIo): Promise<Check[]> {
  const { settings, ground } = readGround(io);
  const results = [settings];
  for (const check of checks) {
    try {
      results.push(...(await check(ground)));
    } catch (error) {
      results.push(fail(check.name, errorLine(error), 'report this as a fault of the doctor'));
    }
  }
  return results;
}

/** With settings that cannot be used, the rest is still told as far as it does not depend on them. */
function readGround(io: CommandIo): { settings: Check; ground: Ground } {
  try {
    const config = readConfig(io.env);
    return { settings: ok('settings', 'all can be used'), ground: { home: config.home, config } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const settings = fail('settings', error.message, 'mend this setting; docs/settings.md tells each');
    return { settings, ground: { home: wharfingerHome(io.env) } };
  }
}

function toLines({ name, state, found, advice }: Check): string[] {
  const line = `${state.padEnd(4)}  ${name.padEnd(18)}  ${found}`;
  return advice === undefined ? [line] : [line, `${' '.repeat(26)}→ ${advice}`];
}
