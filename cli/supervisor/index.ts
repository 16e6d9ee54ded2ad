export { openConnection } from './connection.ts';
export { runsElsewhere } from './elsewhere.ts';
export { joinServices, runningState } from './join.ts';
export { isFreePort } from './ports.ts';
export { namespace } from './services.ts';
export { devPaths, readState } from './state.ts';
export type { DevState, Wanted } from './state.ts';
export { stopServices } from './stop.ts';
export { supervise } from './supervise.ts';
