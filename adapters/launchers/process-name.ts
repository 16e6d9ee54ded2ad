import type { Processes } from '../../ports/processes.ts';
import { thisMachine } from './machine.ts';
import { startOf } from './processes.ts';

/** A process, as every machine may know it. */
export interface NamedProcess {
  pid: number;
  start: string;
  machine: string;
}

/** The name of a process of this machine, which no other one ever has, here or elsewhere: `<id>-<start>@<machine>`. */
export function processName(pid: number): string {
  return `${pid}-${startOf(pid)}@${thisMachine()}`;
}

/** The process of a name; null: it is no name of a process. */
export function namedProcess(name: string): NamedProcess | null {
  const [, pid, start, machine] = /^(\d+)-([^@]+)@(.+)$/.exec(name) ?? [];
  return pid === undefined || start === undefined || machine === undefined ? null : { pid: Number(pid), start, machine };
}

/** Whether a process has ended; null: it is of another machine, which alone can tell. */
export function hasEnded({ pid, start, machine }: NamedProcess): boolean | null {
  return machine === thisMachine() ? startOf(pid) !== start : null;
}

/** Processes as this machine can see them. */
export function createProcesses(): Processes {
  return {
    own: processName(process.pid),
    hasEnded(name) {
      const named = namedProcess(name);
      return named && hasEnded(named);
    },
  };
}
