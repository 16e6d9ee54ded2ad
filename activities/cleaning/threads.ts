import { Worker } from 'node:worker_threads';
import type { RankFromThread, JobOf, MadeBy, StageName } from './stages.ts';

/** Threads that do ranks of stages. */
export interface Threads extends AsyncDisposable {
  readonly size: number;
  /** Does a rank when a thread is free. Throws what the rank throws. */
  run<S extends StageName>(stage: S, job: JobOf<S>): Promise<MadeBy<S>>;
}

/** Starts threads when they are needed, at most so many. A signal that is aborted ends them and fails their ranks. */
export function openThreads({ size, signal }: { size: number; signal: AbortSignal }): Threads {
  const free: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: (() => void)[] = [];
  const close = async (): Promise<void> => void (await Promise.all([...all].map((thread) => thread.terminate())));
  const onAbort = (): void => void close();
  signal.addEventListener('abort', onAbort);

  const take = async (): Promise<Worker> => {
    while (free.length === 0 && all.size >= size) await new Promise<void>((resolve) => waiting.push(resolve));
    signal.throwIfAborted();
    const thread = free.pop() ?? new Worker(new URL('./thread.ts', import.meta.url));
    all.add(thread);
    return thread;
  };

  return {
    size,
    async run(stage, job) {
      const thread = await take();
      try {
        thread.postMessage({ stage, job });
        const made = await answerOf(thread, stage);
        free.push(thread);
        return made as MadeBy<typeof stage>;
      } catch (error) {
        all.delete(thread);
        throw error;
      } finally {
        waiting.shift()?.();
      }
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', onAbort);
      await close();
    },
  };
}

function answerOf(thread: Worker, stage: StageName): Promise<RankFromThread> {
  return new Promise<RankFromThread>((resolve, reject) => {
    const onExit = (code: number): void => reject(new Error(`the thread of ${stage} ended with code ${code} before its rank was done`));
    thread.once('error', reject);
    thread.once('exit', onExit);
    thread.once('message', (made: RankFromThread) => {
      thread.off('error', reject);
      thread.off('exit', onExit);
      resolve(made);
    });
  });
}
