/** This machine, as all workers of a store on it share it: one of them has it, or a process that outlived its worker. */
export interface MachineLock {
  /** Takes the machine for a job, or for model servers (null), or says in words what has it. What is taken ends with this process. */
  take(job: string | null): Promise<{ release: () => void } | { holder: string }>;
}
