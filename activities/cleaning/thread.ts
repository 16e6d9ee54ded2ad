import { parentPort } from 'node:worker_threads';
import { stages } from './stages.ts';
import type { RankFromThread, StageName, RankForThread } from './stages.ts';

/** Does one rank after another. */
parentPort?.on('message', ({ stage, job }: RankForThread) => {
  const work = stages[stage as StageName] as (job: object) => Promise<RankFromThread>;
  void work(job).then((made) => parentPort?.postMessage(made));
});
