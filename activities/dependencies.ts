import type { Client } from '@temporalio/client';
import type { Compiler } from '../ports/compiler.ts';
import type { Config } from '../ports/configuration.ts';
import type { Reports } from '../ports/report.ts';
import type { Machine } from './process/machine.ts';
import type { Meters } from './meter.ts';
import type { Archives } from '../ports/archives.ts';
import type { Artifacts } from '../ports/artifacts.ts';
import type { ModelServers } from '../ports/endpoint.ts';
import type { OpenGithub } from '../ports/github.ts';
import type { Launcher } from '../ports/launcher.ts';
import type { Repositories } from '../ports/repositories.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { Store } from '../ports/store.ts';
import type { Tables } from '../ports/tables.ts';

/** Where the processes of a pool run. */
export interface ProcessPool {
  launcher: Launcher;
  /** Whose turn it is there. */
  machine: Machine;
}

/** What the worker gives to the activities. */
export interface Dependencies {
  store: Store;
  artifacts: Artifacts;
  tables: Tables;
  archives: Archives;
  repositories: Repositories;
  openGithub: OpenGithub;
  servers: ModelServers;
  /** Where processes of a declared pool run. */
  pools: (name: string) => ProcessPool;
  machine: Machine;
  meters: Meters;
  config: Config;
  client: Client;
  compiler: Compiler;
  reports: Reports;
  /** Where code of models runs, and nowhere else. */
  sandbox: Sandbox;
  /** The Python that has the trainer's packages. */
  python: string;
  /** Root of the installation: the trainer and the templates are found from here. */
  home: string;
}
