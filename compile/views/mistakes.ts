import { scalarText } from '../../plan/index.ts';
import type { Scalar } from '../../plan/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, listedNames, oneOf } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';
import type { ViewScope } from './scope.ts';

/** Cells that all views of a file may have together; a report shows each. */
export const mostViewCells = 10_000;

export function noStepOfView(at: Place): Problem {
  return {
    code: 'E0217',
    at,
    message: 'a view with cells that name no step',
    expected: 'a step for each cell',
    got: 'none',
    hint: 'add step to of, or to the rows or columns',
  };
}

/** Keys of a table in a figure, or the other way round. */
export function strayKey(key: string, at: Place, { form, first }: { form: 'table' | 'figure'; first: Place | null }): Problem {
  return {
    code: 'E0217',
    at,
    message: `${key} does not go into a ${form}`,
    expected: form === 'table' ? 'rows, columns, heads and published' : 'x, y, lines, panels and fit',
    got: key,
    hint: form === 'table' ? 'a figure has x' : 'a table has no x',
    ...(first && { related: [{ message: 'x makes it a figure', at: first }] }),
  };
}

/** A list that is not as long as another one. */
export function wrongCount(what: string, at: Place, { expected, got }: { expected: string; got: number }): Problem {
  return { code: 'E0217', at, message: `the wrong number of entries in ${what}`, expected, got: String(got) };
}

export function publishedByName(at: Place): Problem {
  return {
    code: 'E0217',
    at,
    message: 'published numbers beside rows or columns that the cells decide',
    expected: 'labels with what they stand for, in rows and columns',
    got: 'the name of a param, or step',
    hint: 'write each row and column with its label',
  };
}

export function noCellWith(
  { name, wanted, at, sweep }: { name: string; wanted: Scalar; at: Place; sweep: string | null },
  { cells, find, instances }: ViewScope,
): Problem {
  const indexes = [...find.ofSweep(sweep)];
  const there =
    name === 'step'
      ? [...new Set(indexes.flatMap((index) => Object.keys(instances.cells[index] ?? {})))]
      : [...new Set(indexes.flatMap((index) => cells[index]?.values[name] ?? []).map(scalarText))];
  const given = scalarText(wanted);
  const noCell = sweep === null ? 'no cell' : `no cell of the sweep ${sweep}`;
  return {
    code: 'E0213',
    at,
    message: `${noCell} has ${name === 'step' ? `the step ${given}` : `${name}=${given}`}`,
    expected: there.length === 0 ? 'a param or group that an axis binds' : `${name}: ${oneOf(there)}`,
    got: given,
    hint: didYouMean(given, there),
  };
}

/** Cells with one seed that have different steps: a mean over them would say nothing. */
export function mixedResults({ at, step }: { at: Place; step: string }, mixed: number[], { cells, instances }: ViewScope): Problem {
  const valuesOf = (name: string) => [...new Set(mixed.flatMap((index) => cells[index]?.values[name] ?? []))];
  const decided = new Set(
    mixed.flatMap((index) => instances.steps.find(({ id }) => id === instances.cells[index]?.[step])?.decidedBy ?? []),
  );
  const groups = Object.keys(cells[mixed[0] ?? 0]?.values ?? {});
  const varying = groups.filter((name) => name !== 'seed' && valuesOf(name).length > 1);
  const names = varying.some((name) => decided.has(name)) ? varying.filter((name) => decided.has(name)) : varying;
  const [name = ''] = names;
  return {
    code: 'E0218',
    at,
    message: `a cell of the view mixes results of ${step} that differ in ${listedNames(names)}`,
    expected: 'one result for each seed',
    got: `${name}=${listedNames(valuesOf(name).map(scalarText))}`,
    hint: `name ${name} in the view, or write the value it is to have under of`,
  };
}

export function unknownSweep(name: string, at: Place, sweeps: string[]): Problem {
  return {
    code: 'E0210',
    at,
    message: `there is no sweep ${name}`,
    expected: oneOf(sweeps),
    got: name,
    hint: didYouMean(name, sweeps, sweeps.length === 0 ? 'leave sweep out, or declare sweeps' : undefined),
  };
}

export function tooManyViewCells(at: Place, cells: number): Problem {
  return {
    code: 'E0183',
    at,
    message: 'the views have too many cells together',
    expected: `at most ${mostViewCells.toLocaleString('en')} in a file`,
    got: cells.toLocaleString('en'),
    hint: 'select fewer cells, or name fewer params',
  };
}

export function withoutReport(at: Place): Problem {
  return {
    code: 'E0219',
    at,
    message: 'views without a report that shows them',
    expected: 'a step that uses report',
    got: 'none',
    hint: 'add a step: report: {uses: report, with: {metrics: […]}}',
  };
}
