/** The stories in which the order path and the charge run are killed; together they pass every write of them. */
import { buying } from './buying.ts';
import { charges } from './charges.ts';
import { lives } from './lives.ts';
import { refunds } from './refunds.ts';

export { openStage, type Chapter, type Notes, type Stage, type Step } from './stage.ts';

export const chapters = [buying, lives, refunds, charges] as const;
