import { mostEvents, mostHistory, mostPayload } from '../plan/limits.ts';
import type { Problem } from './diagnostic.ts';
import type { OverLimit } from './estimate-history.ts';
import type { Place } from './source.ts';

/**
 * A diagnostic for each workflow that the engine would not take, at its first step. A step that reads too much is a warning:
 * everything above it can run.
 */
export function overLimits(found: OverLimit[], placeOf: (step: string) => Place | null): Problem[] {
  return found.map((each) => ({
    code: 'E0230',
    ...(each.workflow === 'job' && { severity: 'warning' as const }),
    at: placeOf(each.nodes[0]?.step ?? ''),
    message: `${whatOf(each)} would ${excessOf(each)}`,
    expected: `at most ${limitOf(each)}`,
    hint: hintOf(each),
  }));
}

function whatOf({ workflow, nodes }: OverLimit): string {
  const steps = [...new Set(nodes.map(({ step }) => step))];
  const named = steps.length > 3 ? `${steps.slice(0, 2).join(', ')} and ${steps.length - 2} more steps` : steps.join(', ');
  if (workflow === 'pipeline') return `the workflow of the whole plan, pipeline, with its ${nodes.length.toLocaleString('en')} nodes`;
  return `the workflow ${workflow} of ${named}`;
}

function excessOf({ limit, predicted: { events, payload, size } }: OverLimit): string {
  if (limit === 'events') return `have ${(events ?? 0).toLocaleString('en')} events in its history`;
  return limit === 'payload' ? `send messages of ${megabytes(payload)}` : `have a history of ${megabytes(size ?? 0)}`;
}

function limitOf({ limit }: OverLimit): string {
  if (limit === 'events') return `${mostEvents.toLocaleString('en')} events, which is what the engine takes`;
  return limit === 'payload' ? `${megabytes(mostPayload)} in one message` : `${megabytes(mostHistory)} in one history`;
}

function hintOf({ limit, workflow, nodes, chunks }: OverLimit): string {
  const chunked = nodes.find(({ run }) => run.chunk !== null);
  if (limit === 'events' && chunks !== null)
    return chunked ? `raise run.chunk of ${chunked.step}: ${chunked.run.chunk} makes ${chunks.toLocaleString('en')} chunks` : 'take fewer items';
  if (workflow === 'job') return `let ${nodes[0]?.step ?? 'it'} read fewer steps, or run fewer cells at a time (--sweep, --cell)`;
  return 'vary fewer values at a time: choose with --sweep or --cell, or take some out of the sweep';
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
