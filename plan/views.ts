/**
 * A table or a figure that a pipeline file declares. A plan has it with the nodes behind each cell, a report with the numbers;
 * the rest is the same.
 */
export type ViewOf<Cell> = TableOf<Cell> | FigureOf<Cell>;

interface ViewHead {
  /** Name in the pipeline file, unique there. */
  name: string;
  /** As the paper calls it, `Table 5`; empty for a view without such a name. */
  label: string;
  title: string;
  footnotes: string[];
}

export interface TableOf<Cell> extends ViewHead {
  form: 'table';
  /** Heading of each column of row heads. */
  rowHeads: string[];
  /** Levels of headings, outermost first; each has one text for every column, and equal neighbours are one heading. */
  columnHeads: string[][];
  rows: { heads: string[]; cells: Cell[] }[];
}

export interface FigureOf<Cell> extends ViewHead {
  form: 'figure';
  panels: PanelOf<Cell>[];
}

/** One set of axes. */
export interface PanelOf<Cell> {
  title: string;
  x: ViewAxis;
  y: { label: string };
  lines: LineOf<Cell>[];
  /** A law that the file wants drawn through each series. */
  fit: 'power law' | null;
}

export interface ViewAxis {
  label: string;
  scale: ViewScale;
  /** Positions are the values themselves; on `category` they count from 0. */
  ticks: { at: number; label: string }[];
}

export type ViewScale = 'linear' | 'log2' | 'log sqrt2' | 'category';

/** A `reference` is compared with and steps back behind the series; one that has a single point is drawn over the whole axis. */
export interface LineOf<Cell> {
  label: string;
  role: 'series' | 'reference';
  /** By rising `x`. */
  points: { x: number; cell: Cell }[];
}

/** A view in a plan. It is part of what a report's node does, and of no other key. */
export type PlanView = ViewOf<PlanViewCell> & {
  /** Steps that train once for all seeds of a cell: what their training leaves to chance is not in its spread. */
  once: string[];
};

/** What one cell shows, and where that comes from. */
export interface PlanViewCell {
  /** Nodes that are folded into it, one for each seed, or that have its setting; none where `reason` says why it is empty. */
  nodes: string[];
  /** The seed of each node; fewer where the file has no param `seed`. */
  seeds: number[];
  /** The value that is read of each; empty where nothing is. */
  metric: string;
  /** Which N of Best-of-N; null: the largest, or the metric has none. */
  n: number | null;
  /** A part of the items: a language. */
  part?: string;
  /** A setting. */
  text?: string;
  /** As it was printed elsewhere. */
  published?: string;
  reason?: string;
}

/** A view with other cells, made one by one in the order of the page. */
export function mapView<From, To>(view: ViewOf<From>, cellOf: (cell: From) => To): ViewOf<To> {
  if (view.form === 'table')
    return { ...view, rows: view.rows.map(({ heads, cells }) => ({ heads, cells: cells.map(cellOf) })) };
  const lineOf = ({ points, ...line }: LineOf<From>): LineOf<To> => ({
    ...line,
    points: points.map(({ x, cell }) => ({ x, cell: cellOf(cell) })),
  });
  return { ...view, panels: view.panels.map(({ lines, ...panel }) => ({ ...panel, lines: lines.map(lineOf) })) };
}

/** The cells of a view in the order of the page. */
export function cellsOfView<Cell>(view: ViewOf<Cell>): Cell[] {
  if (view.form === 'table') return view.rows.flatMap(({ cells }) => cells);
  return view.panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(({ cell }) => cell)));
}
