import { describe, expect, it } from 'vitest';
import { layerCommands } from './layer-commands.ts';

const step = (createdBy: string, emptyLayer = false) => ({ createdBy, emptyLayer });
const config = {
  diffIds: ['one', 'two'],
  history: [step('COPY base'), step('ENV A=b', true), step('RUN curl -H "Authorization: secret"')],
};

describe('the build step of a layer', () => {
  it('is the step that made it; empty steps make none', () => {
    expect(layerCommands(config, ['secrets'], [])).toEqual([
      { diffId: 'one', command: 'COPY base' },
      { diffId: 'two', command: 'RUN curl -H "Authorization: secret"' },
    ]);
  });

  it('is not shown where a secret was found in it', () => {
    const commands = layerCommands(config, ['secrets'], [{ path: 'history:2' }]).map(({ command }) => command);
    expect(commands).toEqual(['COPY base', '(holds sensitive data)']);
  });

  it.each([
    ['nobody looked for secrets', config, ['vulnerabilities'] as const],
    ['there is no history', { ...config, history: [] }, ['secrets'] as const],
    ['the steps are not one for each layer', { ...config, diffIds: ['one', 'two', 'three'] }, ['secrets'] as const],
  ])('is empty where %s', (_, image, classes) => {
    expect(layerCommands(image, classes, []).every(({ command }) => command === '')).toBe(true);
  });
});
