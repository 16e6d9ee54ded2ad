import type { DataStatistics, Metrics, TrainingCurve } from '../plan/metrics.ts';
import type { ClaimResult, Digest, JsonObject, PlanNode, UnitInput } from '../plan/index.ts';
import type { Artifacts } from './artifacts.ts';
import type { Store } from './store.ts';
import type { FigureOf, LineOf, PanelOf, TableOf, ViewAxis } from '../plan/views.ts';

/** Where a result comes from: the step, its result key and the artifact it left. */
export interface ReportSource {
  step: string;
  key: Digest;
  artifact: Digest;
  /** Where the step is written; `file` where that is not the file that was submitted. */
  at?: { file?: string; line: number };
}

/** A metrics artifact. Rows of the tables are models and their columns item sets, under these names where given. */
interface MetricsInput extends ReportSource {
  metrics: Metrics;
  /** Step that made the model; default: the metrics' own step. */
  model?: string;
  /** What it was measured on, for example `arithmetic.test`. */
  dataset?: string;
}

export interface TrainingInput extends ReportSource {
  curve: TrainingCurve;
  /** Settings of the step. */
  config?: JsonObject;
}

interface DataInput extends ReportSource {
  statistics: DataStatistics;
}

/** Everything a report is made of. Equal input gives equal bytes: no clock, no environment is read. */
export interface ReportInput {
  title: string;
  run?: string;
  /** ISO 8601. */
  created: string;
  /** Name of the plan. */
  plan: string;
  metrics: readonly MetricsInput[];
  training: readonly TrainingInput[];
  data: readonly DataInput[];
  /** The tables and figures that the pipeline file declares, in its order; their cells count sources in metrics, training, data. */
  views?: readonly ReportView[];
  /** Results that were asked for and are not there. */
  missing: readonly { step: string; why: string }[];
  /** Said first of all; default: a note of our own where all trainings took fewer than 1,000 steps. */
  toyNote?: string;
}

/** A table or a figure that a pipeline file declares, with its numbers. */
export type ReportView = ViewTable | ViewFigure;

export type ViewTable = TableOf<ViewCell> & Folded;
export type ViewFigure = FigureOf<ViewCell> & Folded;
export type ViewPanel = PanelOf<ViewCell>;
export type ViewLine = LineOf<ViewCell>;
export type { ViewAxis };

interface Folded {
  /** How the cells were folded over seeds, and what their intervals speak about, in words; empty where no cell has a number. */
  folded: string;
}

/** One number of a view, or why there is none. */
export interface ViewCell {
  /** Mean over the seeds; null where there is none. */
  value: number | null;
  interval: [low: number, high: number] | null;
  /** Items of one seed. */
  n: number;
  /** Independent clusters of them, where they are fewer. */
  clusters?: number;
  seeds: number[];
  /** What the interval speaks about: these models on such items, or the method that trains such models. */
  target: 'models' | 'method';
  /** A setting, or another cell that is no share; shown in place of the value. */
  text?: string;
  /** As it was printed. */
  published?: string;
  /** Places in the sources of the report. */
  sources: number[];
  /** Why it is empty. */
  reason?: string;
  /** The best of its column in its group of rows. */
  best?: boolean;
}

export interface ReportFile {
  name: string;
  /** Text, or bytes where the format is none of text. */
  content: string | Uint8Array;
}

/** Where the results of a report are read. */
export interface ReportReader {
  store: Store;
  artifacts: Artifacts;
}

/** A report's node in its unit. */
export interface GatherOptions {
  unit: UnitInput;
  node: PlanNode;
  title: string;
  /** ISO 8601. */
  created: string;
}

/** Renders reports. Equal input gives equal bytes. */
export interface Reports {
  /** Reads what a report shows from the store: the results its node names, as far as they are there, and its views. */
  gather(reader: ReportReader, of: GatherOptions): Promise<ReportInput>;
  /** The report in every format, as files to be written side by side. */
  render(input: ReportInput): Promise<{ files: ReportFile[] }>;
  /** The files of a report with the claims of its run in them. */
  addClaims(files: readonly ReportFile[], claims: readonly ClaimResult[]): Promise<ReportFile[]>;
}
