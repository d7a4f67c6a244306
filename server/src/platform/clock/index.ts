export { openClock, setTestClock, holdTestClock, holdWithoutTimeouts, requireForwards, type Clock } from './clock.ts';
