import { cellsOfView, mapView } from '../../plan/index.ts';
import type { PlanNode, PlanView, PlanViewCell, UnitInput } from '../../plan/index.ts';
import type { ReportInput, ReportView, ViewCell, ViewPanel, ViewTable } from '../../ports/report.ts';
import { dataCell } from './data.ts';
import { foldSeeds } from './fold.ts';
import { countedWords, foldedWords, leastWords } from './words.ts';

type Results = Pick<ReportInput, 'metrics' | 'training' | 'data'>;

interface ViewResults {
  /** The report's node: its inputs are in the order of the results. */
  node: Pick<PlanNode, 'inputs'>;
  results: Results;
  missing: UnitInput['missing'];
}

/** The views of a report with their numbers. A cell without one says why. */
export function resolveViews(views: readonly PlanView[], { node, results, missing }: ViewResults): ReportView[] {
  const found = foundIn(node, results);
  const keys = new Map([...found.values()].map(({ source, key }) => [source, key]));
  const bestOf = new Map<ViewCell, number | null>();
  const keysOf = (cell: ViewCell): string => JSON.stringify([cell.sources.map((source) => keys.get(source)), bestOf.get(cell), cell.value]);
  const cellOf = createCells({ found, whyOf: (id) => missing[id]?.why ?? 'not finished yet' });
  return views.map(({ once, ...view }) => {
    const named = cellsOfView(view).flatMap(({ part }) => part ?? []);
    const resolved = mapView(view, (cell) => {
      const shown = cellOf(cell, named);
      bestOf.set(shown, cell.n);
      return shown;
    });
    const drawn = (panel: ViewPanel): ViewPanel => drawnOnce(panel, keysOf);
    const shown = resolved.form === 'table' ? withBest(resolved) : { ...resolved, panels: resolved.panels.map(drawn) };
    const cells = cellsOfView(shown);
    const least = shown.form === 'table' ? leastWords(shown) : '';
    return { ...shown, folded: [foldedWords(cells, once), countedWords(cells), least].filter((words) => words !== '').join(' ') };
  });
}

type Measured = Results['metrics'][number];

/** A result that a cell may show, and its place among the sources. */
interface Found {
  source: number;
  /** Of its result: what has the same one is the same work. */
  key: string;
  metrics?: Measured['metrics'];
  statistics?: Results['data'][number]['statistics'];
}

function foundIn({ inputs }: ViewResults['node'], { metrics, training, data }: Results): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const [index, { node }] of (inputs['training'] ?? []).entries()) {
    const each = training[index];
    if (each) found.set(node, { source: metrics.length + index, key: each.key });
  }
  for (const [index, { node }] of (inputs['data'] ?? []).entries()) {
    const each = data[index];
    const source = metrics.length + training.length + index;
    if (each) found.set(node, { source, key: each.key, statistics: each.statistics });
  }
  for (const [index, { node }] of (inputs['metrics'] ?? []).entries()) {
    const each = metrics[index];
    if (each) found.set(node, { source: index, key: each.key, metrics: each.metrics });
  }
  return found;
}

const nothing = { value: null, interval: null, n: 0, seeds: [], target: 'models', sources: [] } as const;

function createCells({ found, whyOf }: { found: Map<string, Found>; whyOf: (node: string) => string }) {
  const emptyCell = (reason: string): ViewCell => ({ ...nothing, seeds: [], sources: [], reason });
  const measuredCell = (cell: PlanViewCell, named: readonly string[]): ViewCell => {
    const there = cell.nodes.flatMap((node, index) => ({ found: found.get(node), seed: cell.seeds[index] }));
    const all = there.flatMap(({ found: each, seed }) => (each ? [{ ...each, seed }] : []));
    const made = all.filter(({ key }, index) => all.findIndex((each) => each.key === key) === index);
    if (made.length === 0) return emptyCell([...new Set(cell.nodes.map(whyOf))].join('; '));
    const from = { seeds: made.flatMap(({ seed }) => seed ?? []), sources: made.map(({ source }) => source) };
    const statistics = made.flatMap((each) => each.statistics ?? []);
    if (statistics.length > 0) return { ...nothing, ...dataCell(statistics, cell, named), ...from };
    return { ...foldSeeds(made.flatMap(({ metrics }) => metrics ?? []), { name: cell.metric, n: cell.n }), ...from };
  };
  return (cell: PlanViewCell, named: readonly string[]): ViewCell => {
    const { text, published, reason } = cell;
    const sources = cell.nodes.flatMap((node) => found.get(node)?.source ?? []);
    const settingCell = (setting: string): ViewCell => ({ ...nothing, seeds: [], sources, text: setting });
    const shown = reason !== undefined ? emptyCell(reason) : text === undefined ? measuredCell(cell, named) : settingCell(text);
    return { ...shown, ...(published !== undefined && { published }) };
  };
}

/** Marks the best of each column among the rows that share their outer headings; none where several are. */
function withBest<T extends Pick<ViewTable, 'rows'>>(table: T): T {
  const groupOf = (heads: string[]): string => JSON.stringify(heads.slice(0, -1));
  const groups = Map.groupBy(table.rows, ({ heads }) => groupOf(heads));
  const isBest = (heads: string[], column: number, { value, text }: ViewCell): boolean => {
    const values = (groups.get(groupOf(heads)) ?? []).flatMap(({ cells }) => cells[column]?.value ?? []);
    const best = Math.max(...values);
    return value !== null && text === undefined && values.length > 1 && value === best && values.indexOf(best) === values.lastIndexOf(best);
  };
  const rows = table.rows.map(({ heads, cells }) => ({
    heads,
    cells: cells.map((cell, column) => (isBest(heads, column, cell) ? { ...cell, best: true } : cell)),
  }));
  return { ...table, rows };
}

/** Points of a line with the very same results are one point: sizes above that of a data set train on all of it. */
function drawnOnce(panel: ViewPanel, keysOf: (cell: ViewCell) => string): ViewPanel {
  const labelOf = (x: number): string => panel.x.ticks.find(({ at }) => at === x)?.label ?? String(x);
  const lines = panel.lines.map((line) => {
    const seen = new Map<string, number>();
    const points = line.points.map(({ x, cell }) => {
      const key = keysOf(cell);
      const first = cell.value === null ? undefined : seen.get(key);
      if (first === undefined) seen.set(key, x);
      if (first === undefined) return { x, cell };
      return { x, cell: { ...cell, value: null, interval: null, reason: `the same result as at ${labelOf(first)}` } };
    });
    return { ...line, points };
  });
  return { ...panel, lines };
}
