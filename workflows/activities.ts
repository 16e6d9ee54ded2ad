import { proxyActivities } from '@temporalio/workflow';
import type { RetryPolicy } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import { queues } from '../plan/index.ts';

/**
 * Lost workers and timeouts are retried without limit. A real failure is not retryable and surfaces at once, because the workflow
 * counts failures by class.
 */
const retry: RetryPolicy = { initialInterval: '1s', maximumInterval: '10s' };

/** A cancelled run has ended when its work has stopped, not when it was asked to. */
const cancellationType = 'WAIT_CANCELLATION_COMPLETED';

/** Reading the store, and small writes. */
export const light = proxyActivities<Pick<Activities, 'compilePipeline' | 'readUnits' | 'note' | 'finish'>>({
  taskQueue: queues.main,
  startToCloseTimeout: '2m',
  retry,
});

/** Lookups that check every file of a source, however large the folder is. */
export const looking = proxyActivities<Pick<Activities, 'lookup'>>({
  taskQueue: queues.main,
  startToCloseTimeout: '60d',
  heartbeatTimeout: '15s',
  retry,
});

/** Waiting for a node, as long as it takes. */
export const waiting = proxyActivities<Pick<Activities, 'awaitNode'>>({
  taskQueue: queues.main,
  startToCloseTimeout: '60d',
  heartbeatTimeout: '20s',
  cancellationType,
  retry,
});

/** As long as the work takes: that of a source may take weeks, and it is not begun again while its worker gives signs of life. */
const inWorker = { taskQueue: queues.cpu, startToCloseTimeout: '60d', heartbeatTimeout: '15s', cancellationType, retry } as const;

/** Work on groups in the worker itself. */
export const cpu = proxyActivities<Pick<Activities, 'openGroup' | 'closeGroup'>>(inWorker);

/** Work of a kind in the worker itself. */
export const cpuFor = (kind: string) => proxyActivities<Pick<Activities, 'step' | 'chunk'>>({ ...inWorker, summary: kind });

/** Work of a kind that calls a model: one activity is a chunk of items. */
export const endpoint = (name: string, kind: string) =>
  proxyActivities<Pick<Activities, 'chunk'>>({
    taskQueue: queues.endpoint(name),
    startToCloseTimeout: '2d',
    heartbeatTimeout: '10s',
    cancellationType,
    retry,
    summary: kind,
  });

/** Processes of a kind on a pool. They may take days. */
export const pool = (name: string, kind: string) =>
  proxyActivities<Pick<Activities, 'runProcess'>>({
    taskQueue: queues.pool(name),
    startToCloseTimeout: '60d',
    heartbeatTimeout: '20s',
    cancellationType,
    retry,
    summary: kind,
  });
