/** `wharfinger secrets rotate`: a new master key, and every tenant's data keys wrapped by it. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError, writeResult, type Command } from './command.ts';
import { callOperatorAction } from './operator.ts';

const rotatedKey = z.object({ MasterKeyId: z.string(), Rewrapped: z.int() });

export const secrets: Command = {
  usage: `usage: wharfinger secrets rotate [--json]
       Adds a master key to WHARFINGER_MASTER_KEY_FILE and wraps all data keys by it. The former keys stay in the file for
       old backups; remove their lines when no backup needs them.`,
  async run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb !== 'rotate') throw new UsageError(verb ? `there is no "secrets ${verb}"` : 'say "rotate"');
    const { values } = parseArgs({ args: rest, options: { json: { type: 'boolean', default: false } } });
    const rotated = rotatedKey.parse(await callOperatorAction(io, 'RotateMasterKey', {}));
    writeResult(io, values.json, { masterKeyId: rotated.MasterKeyId, rewrapped: rotated.Rewrapped }, [
      `the new master key is ${rotated.MasterKeyId}; data keys wrapped by it: ${rotated.Rewrapped}`,
    ]);
    return 0;
  },
};
