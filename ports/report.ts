import type { DataStatistics, Metrics, TrainingCurve } from '../plan/metrics.ts';
import type { ClaimResult, Digest, JsonObject } from '../plan/index.ts';

/** Where a result comes from: the step, its result key and the artifact it left. */
export interface ReportSource {
  step: string;
  key: Digest;
  artifact: Digest;
}

/** Different texts that were scored, and those of them that were cut to the length of the model's training. */
export interface ScoredTexts {
  texts: number;
  cut: number;
}

/** A metrics artifact. Rows of the tables are models and their columns item sets, under these names where given. */
interface MetricsInput extends ReportSource {
  metrics: Metrics;
  /** Step that made the model; default: the metrics' own step. */
  model?: string;
  /** What it was measured on, for example `arithmetic.test`. */
  dataset?: string;
  /** What became of the texts; left out where nobody counted. */
  scored?: ScoredTexts;
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
  /** Results that were asked for and are not there. */
  missing: readonly { step: string; why: string }[];
  /** Said first of all; default: a note of our own where all trainings took fewer than 1,000 steps. */
  toyNote?: string;
}

export interface ReportFile {
  name: string;
  content: string;
}

/** Renders reports. Equal input gives equal bytes. */
export interface Reports {
  /** The report in every format, as files to be written side by side. */
  render(input: ReportInput): Promise<{ files: ReportFile[] }>;
  /** The files of a report with the claims of its run in them. */
  addClaims(files: readonly ReportFile[], claims: readonly ClaimResult[]): ReportFile[];
}
