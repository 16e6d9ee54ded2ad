import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { availableParallelism } from 'node:os';
import { createActivities, type Dependencies } from '../activities/index.ts';
import { queues } from '../plan/index.ts';

/** Nodes, and processes of one pool, that may wait in one worker at once: each uses a slot and nothing else. */
const waitingSlots = 500;

/** Chunks of one endpoint in progress at once; the endpoint's own limit bounds the requests in flight. */
const chunkSlots = 16;

/** One worker for each task queue, all over one connection. */
export async function createWorkers(options: {
  connection: NativeConnection;
  namespace: string;
  code: string;
  dependencies: Dependencies;
  /** By which the server, and other workers of this machine, know this one: the name of its process. */
  identity: string;
}): Promise<Worker[]> {
  const { connection, namespace, code, dependencies, identity } = options;
  const activities = createActivities(dependencies);
  const common: WorkerOptions = {
    connection,
    namespace,
    identity,
    taskQueue: queues.main,
    activities,
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: '2s',
    shutdownForceTime: '10s',
  };
  const { endpoints, pools } = dependencies.config;
  const served: WorkerOptions[] = [
    { ...common, workflowBundle: { code }, maxConcurrentActivityTaskExecutions: waitingSlots, maxCachedWorkflows: 500 },
    { ...common, taskQueue: queues.cpu, maxConcurrentActivityTaskExecutions: availableParallelism() },
    ...Object.keys(endpoints).map((name) => ({
      ...common,
      taskQueue: queues.endpoint(name),
      maxConcurrentActivityTaskExecutions: chunkSlots,
    })),
    ...Object.keys(pools).map((name) => ({ ...common, taskQueue: queues.pool(name), maxConcurrentActivityTaskExecutions: waitingSlots })),
  ];
  return Promise.all(served.map((each) => Worker.create(each)));
}
