/** Names of the task queues: one for each scarce thing, served by any number of workers. */
export const queues = {
  /** Workflows and light activities. */
  main: 'codepmp',
  /** Activities that compute in the worker. */
  cpu: 'codepmp.cpu',
  endpoint: (name: string) => `codepmp.endpoint.${name}`,
  pool: (name: string) => `codepmp.pool.${name}`,
} as const;
