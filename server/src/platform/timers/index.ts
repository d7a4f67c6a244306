export { installBatches, type Batch } from './batches.ts';
export { clearTimer, setTimer, setTimers } from './timers.ts';
export { advanceTestClock, startTimerLoop } from './timer-loop.ts';
