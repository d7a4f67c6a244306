export { openClock, setTestClock, holdTestClock, type Clock } from './clock.ts';
