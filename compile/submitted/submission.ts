import type { CompileInput, Json } from '../../plan/index.ts';
import { inputSchema, settingsSchema } from '../../schemas/index.ts';
import type { Checked } from '../compile.ts';
import { toDiagnostics, type Problem } from '../diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../diagnostics/render.ts';
import { createSource, type Place } from '../diagnostics/source.ts';
import type { Entry, Tree } from '../read/tree.ts';
import { checkTree } from '../check/validate.ts';

/** What reaches a worker besides YAML; it may be anything, since any client can submit. */
interface Submitted extends Pick<CompileInput, 'input' | 'settings'> {
  spec: unknown;
}

/** Checks the form of a submission before any of it is used; its pipeline or plan is checked separately. */
export function checkSubmission({ spec, input, settings }: Submitted): Pick<Checked, 'diagnostics' | 'rendered'> {
  const isText = spec === null || spec instanceof Uint8Array;
  const whole = isText ? input : { ...input, spec };
  const form = [
    checkTree(treeOf(whole), inputSchema, { path: ['input'] }),
    checkTree(treeOf(settings), settingsSchema, { path: ['settings'] }),
  ].flatMap(({ problems }) => problems);
  const problems = form.length > 0 ? form : besidePlan({ spec, input, settings });
  const diagnostics = toDiagnostics(createSource('submission', ''), problems);
  return { diagnostics, rendered: diagnostics.map((each) => renderDiagnostic(each, '')) };
}

/** A plan given alone cannot be changed: anything that would change it is refused. */
function besidePlan({ spec, input, settings }: Submitted): Problem[] {
  if (input.plan === undefined || spec !== null) return [];
  const { set, files } = input;
  const { set: given, sweeps, cell, sample } = settings;
  const beside = {
    'input.files': files,
    'input.set': set,
    'settings.set': given,
    'settings.sweeps': sweeps,
    'settings.cell': cell,
    'settings.sample': sample,
  };
  return Object.entries(beside).flatMap(([name, value]): Problem[] =>
    value === undefined
      ? []
      : [
          {
            code: 'E0110',
            at,
            message: `${name} is given together with a plan`,
            expected: 'only the plan, which cannot be changed',
            hint: `omit ${name}, or make another plan with it`,
          },
        ],
  );
}

/** A submission has no text to show a problem in. */
const at: Place = { start: 0, end: 0 };

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'list', at, items: value.map(treeOf) };
  if (typeof value !== 'object' || value === null) return { kind: 'leaf', at, value: (value ?? null) as Exclude<Json, object> };
  return {
    kind: 'map',
    at,
    entries: new Map(Object.entries(value).map(([key, each]): [string, Entry] => [key, { key: at, value: treeOf(each) }])),
  };
}
