import { mostEvents } from '../../plan/limits.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Predicted } from './history.ts';
import type { Place } from '../diagnostics/source.ts';

/** A diagnostic for each workflow that the engine would not take, at its first step. */
export function overLimits(found: Predicted[], placeOf: (step: string) => Place | null): Problem[] {
  return found.map((each) => ({
    code: 'E0230',
    at: placeOf(each.nodes[0]?.step ?? ''),
    message: `${whatOf(each)} would have ${(each.events ?? 0).toLocaleString('en')} events in its history`,
    expected: `at most ${mostEvents.toLocaleString('en')} events, the limit of the engine`,
    hint: hintOf(each),
  }));
}

function whatOf({ workflow, nodes }: Predicted): string {
  const steps = [...new Set(nodes.map(({ step }) => step))];
  const named = steps.length > 3 ? `${steps.slice(0, 2).join(', ')} and ${steps.length - 2} more steps` : steps.join(', ');
  if (workflow === 'pipeline') return `the workflow pipeline, with all ${nodes.length.toLocaleString('en')} nodes of the plan,`;
  return `the workflow ${workflow} of ${named}`;
}

function hintOf({ workflow, nodes, chunks }: Predicted): string {
  const chunked = nodes.find(({ run }) => run.chunk !== null);
  if (workflow !== 'group' || chunks === null)
    return 'vary fewer values at a time: select with --sweep or --cell, or remove values from the sweep';
  return chunked
    ? `raise run.chunk of ${chunked.step}: ${chunked.run.chunk} makes ${chunks.toLocaleString('en')} chunks`
    : 'take fewer items';
}
