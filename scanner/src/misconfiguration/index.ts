/** Misconfiguration of images, after the CIS Docker Benchmark: what makes a container of it weaker than need be. */
import type { ImageConfig, MisconfigurationFinding } from '../model.ts';
import { buildSteps } from './build-steps.ts';
import { checks } from './checks.ts';
import type { ImageFacts } from './image-facts.ts';

export { fileHazard, isWatchedFolder } from './file-hazards.ts';

/** More evidence of one kind is counted, not listed. */
const mostEvidence = 100;

/** In the order of the benchmark; a check finds once for an image, with all its evidence. */
export function findMisconfigurations(
  config: ImageConfig,
  facts: Pick<ImageFacts, 'files' | 'folders' | 'configSecrets'>,
): MisconfigurationFinding[] {
  const all: ImageFacts = { ...facts, config, steps: buildSteps(config) };
  return checks.flatMap(({ id, benchmark, title, reason, mend, find }) => {
    const found = find(all);
    if (found === undefined) return [];
    const { severity, evidence } = found;
    const shown = evidence.slice(0, mostEvidence);
    return {
      id,
      ...(benchmark === undefined ? {} : { benchmark }),
      title,
      severity,
      reason,
      mend,
      evidence: shown,
      moreEvidence: evidence.length - shown.length,
    };
  });
}
