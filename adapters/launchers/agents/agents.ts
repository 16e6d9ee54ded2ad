import { basename, dirname, join } from 'node:path';
import type { JobRequest, JobState, Launcher } from '../../../ports/launcher.ts';
import { leaseFile, writeWhole } from '../gang/files.ts';
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

  const submit = async (request: JobRequest): Promise<JobState> => {
    const state = await gangs.poll(request);
    if (state.state !== 'absent') return state;
    const folder = await gangs.folder(request);
    await writeWhole(leaseOf(folder), basename(folder));
    return gangs.submit(request);
  };

  return { ...gangs, submit };
}

/** The file of a job that names the attempt which may run. */
const leaseOf = (folder: string): string => join(dirname(folder), leaseFile);
