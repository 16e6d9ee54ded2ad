import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../ports/configuration.ts';
import type { Answer, CompletionRequest, EndpointClient, ItemFailure } from '../../ports/endpoint.ts';
import { classified } from '../../ports/failure.ts';
import { createAsker, type AskerOptions } from './asker.ts';
import { readFailure, type EndpointFailure } from './failure.ts';
import { Refusal } from './no-answer.ts';
import type { Pauses } from './server-health.ts';
import { Outage, type Gate, type TurnsOptions } from './turns.ts';

export interface EndpointClientOptions extends Omit<AskerOptions, 'endpoint'> {
  /** Base URLs of the servers, which end in `/v1`. */
  urls: string[];
  endpoint: AskerOptions['endpoint'] & Pick<Endpoint, 'tries' | 'outage'>;
  /** What lets requests through to the servers, those of other endpoints as well. */
  gate: Gate;
  /** The limit of this endpoint. Default: that of the gate is enough. */
  shareOf?: TurnsOptions['shareOf'];
  /** Pauses between two tries of a request. */
  pauses: Pauses;
}

/** A failed try of a request. */
interface FailedTry {
  failure: EndpointFailure;
  url: string;
  /** Tries so far. */
  tried: number;
  cause: unknown;
}

/** A client, as whoever opened it holds it. */
export interface OpenedClient extends EndpointClient {
  /** The servers from now on; requests to others may still end. While there are none, requests wait. */
  setServers(urls: string[]): void;
  /** Every request that waits for a server, or will, fails with this error. */
  end(error: Error): void;
  /** Ends its connections; every request that waits for its turn, or will, fails as `unavailable`. */
  close(): Promise<void>;
}

/** A client of the servers of one OpenAI-compatible endpoint, which all serve the same model. */
export function openEndpointClient(options: EndpointClientOptions): OpenedClient {
  const { name, urls, endpoint, gate, shareOf, pauses } = options;
  const outage = endpoint.outage * 1000;
  const turns = gate.open({ urls, outage, shareOf });
  const asker = createAsker(options);
  asker.setServers(urls);

  const complete = async (request: CompletionRequest): Promise<Answer> => {
    const since = performance.now();
    let failures = 0;
    let lost = 0;
    let paused = 0;
    let failed: FailedTry | null = null;
    for (let tried = 1; ; tried += 1) {
      const result = await askInTurn(request, { since, isSent: lost > 0 }).catch((error: unknown) => {
        if (!(error instanceof Outage)) throw error;
        const { failure, isOfServer } = error.trouble;
        throw failure.kind === 'try' && !isOfServer && failed ? unanswered(failed, timesText(lost)) : outageError(name, error);
      });
      if ('text' in result) return result;
      failed = { ...result, tried };
      const { failure, isToBlame } = result;
      if (failure.kind === 'try') lost += 1;
      if (failure.kind === 'endpoint') throw errorOf(name, failed);
      if (failure.kind === 'request') throw itemFailure(name, failed, { item: 'rejected', why: failure.what });
      if (!isToBlame) continue;
      const growing = Math.min(pauses.most, pauses.first * 2 ** (tried - 1)) * (0.5 + Math.random() / 2);
      const pause = Math.max(growing, Math.min(outage, failure.retryAfter ?? 0));
      if (failure.kind === 'busy') paused += pause;
      else failures += 1;
      const asked = failures >= endpoint.tries ? timesText(failures) : paused > outage ? ` (asked for ${endpoint.outage} s)` : null;
      if (asked !== null) throw unanswered(failed, asked);
      const { unsent = request.signal } = request;
      await sleep(pause, undefined, { signal: unsent }).catch(() => unsent.throwIfAborted());
    }
  };

  const unanswered = (failed: FailedTry, asked: string): Error =>
    itemFailure(name, failed, { item: 'unanswered', why: `${failed.failure.what}${asked}` });

  /**
   * Asks once, when it is the request's turn. `isToBlame`: the failure is its own, since the server is not in trouble. Throws an `Outage`
   * once that has lasted too long.
   */
  const askInTurn = async (
    request: CompletionRequest,
    { since, isSent }: { since: number; isSent: boolean },
  ): Promise<Answer | (Omit<FailedTry, 'tried'> & { isToBlame: boolean })> => {
    const { signal, unsent } = request;
    const turn = await turns.take({ signal: unsent ?? signal, since, isSent });
    try {
      const answer = await asker.ask(turn.server, request);
      if (unsent) setImmediate(turn.replied);
      else turn.replied();
      return answer;
    } catch (cause) {
      if (signal.aborted) {
        turn.dropped();
        request.onLost?.();
      }
      signal.throwIfAborted();
      const failure = readFailure(cause);
      if (failure.kind === 'try' && !(cause instanceof Refusal)) request.onLost?.();
      const isFinal = failure.kind === 'endpoint' || failure.kind === 'request';
      // Who waits hears of a failure of the endpoint before its turn comes, and sends nothing.
      if (failure.kind === 'endpoint') setImmediate(turn.replied);
      else if (isFinal) turn.replied();
      const isToBlame = isFinal || turn.failed(failure, request);
      return { failure, url: turn.server, cause, isToBlame };
    }
  };

  return {
    complete,
    trouble: troubleText,
    setServers(now) {
      turns.setServers(now);
      asker.setServers(now);
    },
    end: turns.end,
    close: () => {
      turns.end(closedError(name));
      return asker.close();
    },
  };

  function troubleText(): string | null {
    const trouble = turns.trouble();
    if (trouble === null) return null;
    const left = Math.max(0, Math.ceil((trouble.since + outage - Date.now()) / 60_000));
    return `${trouble.failure.class}: endpoint ${name} at ${trouble.url} ${trouble.failure.what}; waiting for it, ${left} min more at most`;
  }
}

function errorOf(name: string, { failure, url, tried, cause }: FailedTry): Error {
  const message = `endpoint ${name} at ${url} ${failure.what}${timesText(tried)}; ${failure.next}`;
  return classified(failure.class, message, { name: 'EndpointFailure', retryAfter: failure.retryAfter, cause });
}

function timesText(times: number): string {
  return times > 1 ? ` (asked ${times} times)` : '';
}

function itemFailure(name: string, failed: FailedTry, about: Pick<ItemFailure, 'item' | 'why'>): Error {
  return Object.assign(errorOf(name, failed), about);
}

function closedError(name: string): Error {
  const message = `endpoint ${name} was closed, because its model server or the worker ended; the next try of the work opens it again`;
  return classified('unavailable', message, { name: 'EndpointFailure' });
}

function outageError(name: string, cause: Outage): Error {
  const { failure, since, last, url } = cause.trouble;
  const left = Math.ceil((failure.retryAfter ?? 0) - (performance.now() - last));
  const seconds = Math.round((Date.now() - since) / 1000);
  const message = `endpoint ${name} at ${url} ${failure.what}${seconds > 0 ? `, for ${seconds} s now` : ''}; ${failure.next}`;
  return classified(failure.class, message, { name: 'EndpointFailure', retryAfter: left > 0 ? left : undefined, cause });
}
