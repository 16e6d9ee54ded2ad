import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { callsSpent, failureClasses, type FailureDetails } from '../plan/index.ts';
import type { ClassifiedError } from '../ports/failure.ts';

/** Milliseconds between beats; the server hears them as often as the worker's throttle allows. */
const beat = 1000;

/** Longest failure text handed to the server, which keeps no more than 4 KB of it. */
const longestMessage = 3000;

// oxlint-disable-next-line typescript/no-explicit-any -- any activity, whatever it takes
type AnyActivity = (...args: any[]) => Promise<unknown>;

/** Wraps activities so that each beats while it runs, and that every error leaves as a failure of the closed list. */
export function atEdge<T extends { [name: string]: AnyActivity }>(activities: T): T {
  return Object.fromEntries(Object.entries(activities).map(([name, activity]) => [name, guarded(activity)])) as T;
}

function guarded(activity: AnyActivity): AnyActivity {
  return async (...args) => {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), beat);
    try {
      return await activity(...args);
    } catch (error) {
      if (context.cancellationSignal.aborted) throw new CancelledFailure('cancelled', detailsOf(error));
      throw asFailure(error);
    } finally {
      clearInterval(timer);
    }
  };
}

/**
 * The failure an error becomes. Errors that carry a class keep it; an error nobody foresaw is `job-failed`, so that a
 * bug ends a node instead of being repeated for ever.
 */
function asFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const name = [...failureClasses, callsSpent].find((each) => each === (cause as Partial<ClassifiedError>).class);
  const message = name ? cause.message : `unexpected ${cause.name}: ${cause.message}`;
  return ApplicationFailure.create({
    message: message.slice(0, longestMessage),
    type: name ?? 'job-failed',
    nonRetryable: true,
    cause,
    details: detailsOf(cause),
  });
}

/** What an error says besides its message, as a failure carries it. */
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
