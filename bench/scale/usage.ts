import { readFileSync } from 'node:fs';

/** Seconds of CPU, and bytes of memory of its own and its share of what it shares; null if the process has ended. */
export function usageOf(pid: number): { cpu: number; memory: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const pages = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, memory: Number(pages?.[1] ?? 0) * 1024 };
  } catch {
    return null;
  }
}
