import { basename, dirname } from 'node:path';
import { beatOf, graceOf } from './elsewhere.ts';
import { keepRenewed } from './lease.ts';
import { createLauncher } from './local.ts';

/** Ends the attempt that it is a process of, on the machine that runs it, because another machine has asked for that. */
process.on('SIGTERM', () => undefined);
const { CODEPMP_JOB: attempt = '', CODEPMP_JOB_FOLDER: folder = '' } = process.env;
const stop = keepRenewed(beatOf(folder));
await createLauncher({ folder: async () => folder }).cancel(
  { job: dirname(attempt), attempt: basename(attempt) },
  { graceMs: await graceOf(folder) },
);
stop();
