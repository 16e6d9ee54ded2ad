export { createArtifacts } from './store/artifacts.ts';
export { cleanEnvironment } from './launchers/environment.ts';
export { createLauncher } from './launchers/local.ts';
export { createLimiter } from './endpoints/limiter.ts';
export { createModelServers, readKey } from './endpoints/servers.ts';
export type { ModelServersOptions } from './endpoints/servers.ts';
export { removeRun } from './store/runs.ts';
export { openFileStore } from './store/file.ts';
export type { FileStoreOptions } from './store/file.ts';
