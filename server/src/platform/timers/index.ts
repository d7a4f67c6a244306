export { installBatches, type Batch, type BatchPlatform } from './batches.ts';
export { clearTimer, setTimer, setTimers, type Timer } from './timers.ts';
export { advanceTestClock, startTimerLoop } from './timer-loop.ts';
