import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { JobRef, JobRequest, JobState, Launcher } from '../../../ports/launcher.ts';
import { leaseFile, waitFile, writeWhole } from '../gang/files.ts';
import { createGangLauncher, type GangOptions } from '../gang/launcher.ts';
import { offersFolder } from './offers.ts';

export interface AgentsOptions extends Pick<GangOptions, 'local' | 'fenceMs'> {
  /** The store's folder, which all nodes share. */
  root: string;
}

/**
 * Runs jobs on the nodes that workers offer. Only the attempt that the job's `lease` names may run; the nodes refuse every other one, and
 * end it.
 */
export function createAgentsLauncher({ root, local, fenceMs }: AgentsOptions): Launcher {
  const gangs = createGangLauncher({
    local,
    fenceMs,
    nodesOf: ({ nodes = 1 }, { folder }) => ({ nodes, links: [], offers: offersFolder(root), lease: leaseOf(folder), takesTurns: false }),
  });

  const poll = async (ref: JobRef): Promise<JobState> => {
    const state = await gangs.poll(ref);
    const reason = state.state === 'running' ? await readFile(join(await gangs.folder(ref), waitFile), 'utf8').catch(() => null) : null;
    return reason === null ? state : { state: 'queued', reason };
  };

  const submit = async (request: JobRequest): Promise<JobState> => {
    const folder = await gangs.folder(request);
    if ((await poll(request)).state === 'absent') {
      await writeWhole(leaseOf(folder), basename(folder));
      await gangs.submit(request);
    }
    return poll(request);
  };

  return { ...gangs, submit, poll };
}

/** The file of a job that names the attempt which may run. */
const leaseOf = (folder: string): string => join(dirname(folder), leaseFile);
