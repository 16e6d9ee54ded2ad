import type { Estimate } from '../plan/metrics.ts';
import type { ReportSource } from '../ports/report.ts';

/** A report before it has a format: what is said, and which result each part comes from. Places of sources count from 0. */
export interface Document {
  title: string;
  plan: string;
  run: string | null;
  created: string;
  note: string | null;
  summary: { lead: string; text: string }[];
  sections: Section[];
  missing: readonly { step: string; why: string }[];
  sources: ReportSource[];
}

export interface Section {
  id: string;
  heading: string;
  /** Short form for the list of contents. */
  short: string;
  paragraphs: string[];
  blocks: (Table | Figure)[];
}

export interface Table {
  block: 'table';
  /** `table-1`; also the label in LaTeX. */
  id: string;
  /** As the paper calls it, for example `Table 1`; `Table S1` where the paper has none. */
  name: string;
  caption: string;
  columns: Column[];
  groups: { heading: string | null; rows: TableRow[] }[];
  notes: string[];
  /** Shown on demand where a format can. */
  folded?: boolean;
}

export interface Column {
  label: string;
  align: 'left' | 'right';
  /** Scale of a column of drawn intervals; formats that cannot draw leave the column out. */
  scale?: { low: number; high: number; reference: number };
}

export interface TableRow {
  cells: TableCell[];
  sources: number[];
  /** `baseline` rows step back behind the models. */
  tone: 'model' | 'baseline' | 'plain';
  /** Place of the model among the colours. */
  series?: number;
}

export type TableCell =
  | { cell: 'text'; text: string }
  | { cell: 'count'; value: number | null }
  | { cell: 'number'; value: number | null; digits: number }
  | { cell: 'p'; value: number }
  | { cell: 'estimate'; estimate: ShownEstimate; signed?: boolean; showN?: boolean }
  | { cell: 'drawn'; estimate: ShownEstimate };

/** An estimate, or a difference of two. */
export type ShownEstimate = Pick<Estimate, 'n' | 'value' | 'interval'> & { method: string };

export interface Figure {
  block: 'figure';
  id: string;
  name: string;
  caption: string;
  legend: { label: string; style: SeriesStyle }[];
  panels: Panel[];
  sources: number[];
}

/** One set of axes. `narrow` is the same drawn for a phone. */
export interface Panel {
  title: string | null;
  /** What it shows, for those who cannot see it. */
  description: string;
  wide: string;
  narrow: string | null;
}

export interface SeriesStyle {
  colour: string;
  dash: readonly number[];
  marker: 'circle' | 'square' | 'diamond' | 'triangle-up' | 'cross' | 'none';
  width: number;
  opacity: number;
}

export const text = (value: string): TableCell => ({ cell: 'text', text: value });
export const count = (value: number | null): TableCell => ({ cell: 'count', value });
export const number = (value: number | null, digits = 3): TableCell => ({ cell: 'number', value, digits });
