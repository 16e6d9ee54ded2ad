import { labelOf } from '../../plan/index.ts';
import type { PlanViewCell, Scalar } from '../../plan/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import { sizesOf, unmeasuredSize } from '../names/sizes.ts';
import type { Step } from '../names/steps.ts';
import { textOfLeaf } from '../read/tree.ts';
import type { Leaf } from '../read/tree.ts';
import { mixedResults, noCellWith, noStepOfView } from './mistakes.ts';
import { ownOf } from './selector.ts';
import type { ViewSelector } from './selector.ts';
import type { ViewScope } from './scope.ts';
import { settingText } from './setting.ts';
import { readValue } from './value.ts';

/** A cell of a view whose nodes are steps of the cells of the sweeps; lowering turns them into nodes. */
export interface ViewCellDraft extends PlanViewCell {
  /** No cell of the sweeps is meant: there is nothing that could be missing. */
  isNone?: true;
}

interface CellReaderOptions {
  /** The view. */
  at: Place;
  scope: ViewScope;
}

export const emptyCell = { nodes: [], seeds: [], metric: '', n: null };

/**
 * Finds what a cell of a view shows: the steps of the cells that all parts of the view select together. `column` is its place in
 * the row, for a row with a step for each.
 */
export function createCellReader({ at, scope }: CellReaderOptions) {
  const stepOf = createStepFinder(scope);
  const looks = createLooks(scope);
  let isMixed = false;
  const cellOf = (selector: ViewSelector, column: number): ViewCellDraft => {
    const absent = ownOf(selector, 'absent');
    if (absent !== null) return { ...emptyCell, reason: absent };
    const leaf = selector.steps ? selector.steps[column] : selector.own.get('step');
    if (!leaf) {
      scope.problems.push(noStepOfView(at));
      return { ...emptyCell, isNone: true };
    }
    const value = readValue(leaf, selector, scope);
    if (!value) return { ...emptyCell, isNone: true };
    const step = textOfLeaf(leaf);
    const found = looks.cellsWith(selector, leaf);
    if (found.length === 0) return { ...emptyCell, isNone: true, reason: reasonOfNone(selector, step) };
    const bySeed = Map.groupBy(found, (index) => scope.cells[index]?.values['seed']);
    const idsOf = (indexes: number[]) => [...new Set(indexes.map((index) => scope.instances.cells[index]?.[step] ?? ''))];
    if (value.setting !== null) {
      const nodes = idsOf(found);
      return { ...emptyCell, nodes, text: settingText(nodes.map(stepOf), value.setting) };
    }
    const mixed = [...bySeed.values()].find((indexes) => idsOf(indexes).length > 1);
    if (mixed && !isMixed) scope.problems.push(mixedResults({ at, step }, mixed, scope));
    isMixed ||= mixed !== undefined;
    const seeds = new Map([...bySeed].flatMap(([seed, indexes]) => idsOf(indexes).map((id) => [id, seed] as const)).reverse());
    const folded = [...seeds].reverse();
    const size = value.hasSizes ? (selector.own.get('n') ?? null) : null;
    if (size) looks.noteSize(size, step, folded.map(([id]) => stepOf(id)));
    return {
      nodes: folded.map(([id]) => id),
      seeds: folded.flatMap(([, seed]) => (typeof seed === 'number' ? [seed] : [])),
      metric: value.metric,
      n: size && Number(size.value),
      ...(value.part !== null && { part: value.part }),
    };
  };
  return { cellOf, misses: looks.misses };
}

/**
 * Looks for cells, and remembers what is written and found for no cell of the view: that is a mistake, while a value that one
 * sweep lacks and another has leaves a cell empty.
 */
function createLooks(scope: ViewScope) {
  const { find, instances, isWhole } = scope;
  const hits = new Map<string, Problem | null>();
  const note = (name: string, wanted: Scalar, { at, sweep, isFound }: { at: Place; sweep: string | null; isFound: boolean }): void => {
    const key = `${name} ${at.file ?? ''}:${at.start}`;
    if (isFound) hits.set(key, null);
    else if (!hits.has(key)) hits.set(key, noCellWith({ name, wanted, at, sweep }, scope));
  };
  /** Cells that all values of a selector fit and that have this step, by their place in the list of cells. */
  const cellsWith = (selector: ViewSelector, leaf: Leaf): number[] => {
    const sweep = ownOf(selector, 'sweep');
    const step = textOfLeaf(leaf);
    const hasStep = (index: number): boolean => instances.cells[index]?.[step] !== undefined;
    const values = Object.entries(selector.values).map(([name, value]) => ({ name, value, cells: find.with(sweep, name, value) }));
    for (const { name, value, cells } of values) {
      const at = selector.places.get(name);
      if (at) note(name, value, { at, sweep, isFound: cells.size > 0 });
    }
    note('step', step, { at: leaf.at, sweep, isFound: find.withStep(sweep, step).size > 0 });
    const [smallest = find.ofSweep(sweep), ...others] = values.map(({ cells }) => cells).toSorted((a, b) => a.size - b.size);
    return [...smallest].filter((index) => hasStep(index) && others.every((set) => set.has(index)));
  };
  const noteSize = (leaf: Leaf, step: string, read: (Step | undefined)[]): void => {
    const key = `n of ${step} ${leaf.at.file ?? ''}:${leaf.at.start}`;
    const whole = read.filter((each) => each !== undefined && !each.isPartial);
    const lacking = whole.map(sizesOf).find((sizes) => !sizes.includes(Number(leaf.value)));
    if (!lacking) hits.set(key, null);
    else if (!hits.has(key)) hits.set(key, unmeasuredSize(step, leaf, lacking));
  };
  const misses = (): Problem[] => (isWhole ? [...hits.values()].filter((problem) => problem !== null) : []);
  return { cellsWith, noteSize, misses };
}

function reasonOfNone(selector: ViewSelector, step: string): string {
  const sweep = ownOf(selector, 'sweep');
  const label = labelOf(selector.values);
  return `no cell${sweep === null ? '' : ` of the sweep ${sweep}`} has ${label === '' ? step : `${step} with ${label}`}`;
}

function createStepFinder({ instances }: ViewScope): (id: string) => Step | undefined {
  let known: Map<string, Step> | null = null;
  return (id) => (known ??= new Map(instances.steps.map((step) => [step.id, step]))).get(id);
}
