export { openClock, setTestClock, holdTestClock, requireForwards, type Clock } from './clock.ts';
