import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { errorTypes, type FailureDetails } from '../plan/index.ts';
import type { ClassifiedError } from '../ports/failure.ts';

/**
 * Milliseconds between two heartbeats of an activity: `ofEach` for each activity that runs in this worker, since each heartbeat costs the
 * server about a millisecond. An activity hears of its cancellation with a heartbeat, and counts as lost if it sends none for 10 s.
 */
const beats = { ofEach: 50, least: 1000, most: 4000 };

/** Longest failure message sent to the server, which keeps at most 4 KB. */
const longestMessage = 3000;

// oxlint-disable-next-line typescript/no-explicit-any -- any activity, whatever it takes
type AnyActivity = (...args: any[]) => Promise<unknown>;

/** Wraps activities so that each sends heartbeats while it runs, and every error becomes a failure of the closed list of classes. */
export function atEdge<T extends { [name: string]: AnyActivity }>(activities: T): T {
  const running = new Set<Context>();
  return Object.fromEntries(Object.entries(activities).map(([name, activity]) => [name, guarded(activity, running)])) as T;
}

function guarded(activity: AnyActivity, running: Set<Context>): AnyActivity {
  return async (...args) => {
    const context = Context.current();
    running.add(context);
    const stopBeating = startBeating(context, running);
    try {
      return await activity(...args);
    } catch (error) {
      if (context.cancellationSignal.aborted) throw new CancelledFailure('cancelled', detailsOf(error));
      throw asFailure(error);
    } finally {
      stopBeating();
      running.delete(context);
    }
  };
}

function startBeating(context: Context, running: ReadonlySet<Context>): () => void {
  const pause = (): number => Math.min(beats.most, Math.max(beats.least, beats.ofEach * running.size));
  const beat = (): void => {
    context.heartbeat();
    timer = setTimeout(beat, pause());
  };
  let timer = setTimeout(beat, pause());
  return () => clearTimeout(timer);
}

/**
 * The failure that an error becomes. Errors with a class keep it; an unexpected error is `job-failed`, so that a bug ends a node
 * instead of being retried forever.
 */
function asFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const name = errorTypes.find((each) => each === (cause as Partial<ClassifiedError>).class);
  const message = name ? cause.message : `unexpected ${cause.name}: ${cause.message}`;
  return ApplicationFailure.create({
    message: message.slice(0, longestMessage),
    type: name ?? 'job-failed',
    nonRetryable: true,
    cause,
    details: detailsOf(cause),
  });
}

/** The details of an error, for the failure. */
function detailsOf(error: unknown): FailureDetails[] {
  const { node, retryAfter, worked, spent } = error as Partial<ClassifiedError>;
  const details = {
    ...(node !== undefined && { node }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(worked && { worked }),
    ...(spent && { spent }),
  };
  return Object.keys(details).length > 0 ? [details] : [];
}
