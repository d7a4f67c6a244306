/** A sample of `npm run test:kill`; and no write of the order path or of the charge run stays outside of it. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { elsewhere, isElsewhere } from './elsewhere.ts';
import { planChains, possibleKills } from './kill-plan.ts';
import { openStories, type Recording, type Stories } from './kills.ts';
import { openPlayers, type Players } from './players.ts';
import { findWriteSites, isCommercial } from './write-sites.ts';

/** Another part of the kills each day; the whole is for the command. */
const seed = Math.floor(Temporal.Now.instant().epochMilliseconds / 86_400_000);

describe('the order path and the charge run', () => {
  let players: Players;
  let stories: Stories;
  let recording: Recording;
  beforeAll(async () => {
    players = openPlayers(2);
    const { templateName, ...cluster } = inject('cluster');
    stories = await openStories(cluster, templateName, players);
    recording = await stories.record();
  });
  afterAll(async () => {
    await stories.close();
    await players.close();
  });

  it('pass every write that their sources have', () => {
    const passed = new Set(recording.steps.flatMap(({ points }) => points));
    const sites = findWriteSites().filter(isCommercial);
    const unknown = sites.filter(({ id }) => !passed.has(id) && !isElsewhere(id));
    expect(
      unknown.map(({ id, line }) => `${id}, line ${line}`),
      'let a story of tests/kill-points/story pass it, or say in elsewhere.ts why not',
    ).toEqual([]);
    const stale = Object.keys(elsewhere).filter((beginning) => !sites.some(({ id }) => id.startsWith(beginning)));
    expect(stale, 'stand in elsewhere.ts and are gone').toEqual([]);
  });

  it(`keep the same books when processes are killed at their writes (seed ${seed})`, { timeout: 600_000 }, async () => {
    const chains = planChains(possibleKills(recording.steps), () => 1, seed);
    const longest = Map.groupBy(chains, ({ chapter }) => chapter)
      .values()
      .map((list) => list[0]);
    for (const chain of longest) {
      if (!chain) continue;
      const { killed, difference } = await stories.play(recording, chain);
      expect(difference, killed.map((kill) => JSON.stringify(kill)).join('\n')).toBeUndefined();
      expect(killed.length).toBeGreaterThan(0);
    }
  });
});
