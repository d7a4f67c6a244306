import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScanError } from '../../src/model.ts';
import { dockerCredentials } from '../../src/sources/docker-credentials.ts';
import { type FuzzTarget, promise } from '../fuzz-target.ts';
import { scratchFolder } from '../scratch-folder.ts';

const folder = scratchFolder('docker');
const auth = Buffer.from('user:password').toString('base64');

/** `~/.docker/config.json`. There is no helper on the path: one that is named cannot be started. */
export const dockerConfig: FuzzTarget = {
  seeds: [
    { auths: { 'registry.example.com': { auth } } },
    {
      auths: { 'https://registry.example.com/v1/': { username: 'a', password: 'b' } },
      credHelpers: { other: 'x' },
      credsStore: '',
    },
  ].map((value) => Buffer.from(JSON.stringify(value))),
  words: ['null', '{"', '":{', '"credsStore":"../x"', '"credHelpers":{', '"__proto__":', auth, '"auth":"'],
  async read(input) {
    writeFileSync(join(folder, 'config.json'), input);
    try {
      const told = await dockerCredentials('registry.example.com', { DOCKER_CONFIG: folder, PATH: folder });
      promise(told === undefined || told.username !== '', 'nobody');
      return { word: told === undefined ? 'none' : 'found', told };
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      return { word: error.reason.code, told: error.message };
    }
  },
};
