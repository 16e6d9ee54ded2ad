import type { Client } from '@temporalio/client';
import type { checkPlan, checkSubmission, Guarded } from '../compile/index.ts';
import type { Config } from '../ports/configuration.ts';
import type { addClaims, renderReport } from '../report/index.ts';
import type { Machine } from './process/machine.ts';
import type { Meters } from './meter.ts';
import type { Artifacts } from '../ports/artifacts.ts';
import type { ModelServers } from '../ports/endpoint.ts';
import type { Launcher } from '../ports/launcher.ts';
import type { Store } from '../ports/store.ts';

/** What the worker hands to the activities. */
export interface Dependencies {
  store: Store;
  artifacts: Artifacts;
  servers: ModelServers;
  launcher: Launcher;
  machine: Machine;
  meters: Meters;
  config: Config;
  client: Client;
  /** In a process of its own: what is submitted may be hostile. */
  compile: Guarded['compile'];
  checkSubmission: typeof checkSubmission;
  checkPlan: typeof checkPlan;
  renderReport: typeof renderReport;
  addClaims: typeof addClaims;
  /** The Python that has the trainer's packages. */
  python: string;
  /** Root of the installation: the trainer and the templates are found from here. */
  home: string;
}
