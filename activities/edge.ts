import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { errorTypes, type FailureDetails } from '../plan/index.ts';
import type { ClassifiedError } from '../ports/failure.ts';

/**
 * Milliseconds between two heartbeats of an activity: `ofEach` for each activity that runs in this worker, since a heartbeat costs the
 * server a millisecond, and one in the workflow of a large run ten. At most this share of the time without a heartbeat after which the
 * activity counts as lost.
 */
const beats = { ofEach: 60, least: 1000, shareOfTimeout: 0.4 };

/**
 * An activity hears of its cancellation with a heartbeat, and cancellations come together: once one has been heard of, all others send a
 * heartbeat at once, and then more often, `ofEach` milliseconds for each that runs, until none has been heard of for so many milliseconds.
 */
const hurry = { ofEach: 10, lasting: 10_000 };

/** Milliseconds without a heartbeat after which an activity that has no such limit would count as lost. */
const usualTimeout = 10_000;

/** Longest failure message sent to the server, which keeps at most 4 KB. */
const longestMessage = 3000;

// oxlint-disable-next-line typescript/no-explicit-any -- any activity, whatever it takes
type AnyActivity = (...args: any[]) => Promise<unknown>;

/** Wraps activities so that each sends heartbeats while it runs, and every error becomes a failure of the closed list of classes. */
export function atEdge<T extends { [name: string]: AnyActivity }>(activities: T): T {
  const startBeating = createHeart();
  return Object.fromEntries(Object.entries(activities).map(([name, activity]) => [name, guarded(activity, startBeating)])) as T;
}

function guarded(activity: AnyActivity, startBeating: (context: Context) => () => void): AnyActivity {
  return async (...args) => {
    const context = Context.current();
    const stopBeating = startBeating(context);
    try {
      return await activity(...args);
    } catch (error) {
      if (context.cancellationSignal.aborted) throw new CancelledFailure('cancelled', detailsOf(error));
      throw asFailure(error);
    } finally {
      stopBeating();
    }
  };
}

/** Heartbeats of all activities of a worker: starts those of one, and returns what ends them. */
function createHeart(): (context: Context) => () => void {
  const running = new Set<() => void>();
  let hurriedUntil = 0;
  const pauseOf = ({ info, cancellationSignal }: Context): number => {
    const isHurried = Date.now() < hurriedUntil && !cancellationSignal.aborted;
    const most = beats.shareOfTimeout * (info.heartbeatTimeoutMs ?? usualTimeout);
    return Math.min(most, Math.max(beats.least, (isHurried ? hurry.ofEach : beats.ofEach) * running.size));
  };
  const hurryAll = (): void => {
    const isNew = Date.now() >= hurriedUntil;
    hurriedUntil = Date.now() + hurry.lasting;
    if (isNew) for (const beat of running) beat();
  };
  return (context) => {
    let timer: NodeJS.Timeout | undefined;
    const schedule = (): void => void (timer = setTimeout(beat, pauseOf(context)));
    const beat = (): void => {
      clearTimeout(timer);
      context.heartbeat();
      schedule();
    };
    running.add(beat);
    context.cancellationSignal.addEventListener('abort', hurryAll, { once: true });
    schedule();
    return () => {
      clearTimeout(timer);
      running.delete(beat);
    };
  };
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
