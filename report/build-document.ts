import { cleanLine } from '../text/index.ts';
import { reportFormat } from '../schemas/index.ts';
import type { ReportDocument } from '../schemas/index.ts';
import type { ReportInput } from '../ports/report.ts';
import { withNames } from './names.ts';
import { accuracySection } from './sections/accuracy.ts';
import { rewardbenchSection, rmBenchSection } from './sections/benchmarks.ts';
import { bestOfNSection } from './sections/best-of-n.ts';
import { choiceSection } from './sections/choice.ts';
import { dataSection } from './sections/data.ts';
import { smallRunNote, summaryOf } from './sections/summary.ts';
import { trainingSection } from './sections/training.ts';
import { viewsSection } from './sections/views.ts';
import { createSeriesOf } from './series-of.ts';
import { sourcesOf } from './sources.ts';

/** Says everything there is to say about an input, in the order of the page; what has no results has no section. */
export function buildDocument(raw: ReportInput): ReportDocument {
  const input = cleaned(raw);
  const seriesOf = createSeriesOf(input);
  const sections = [
    viewsSection(input.views ?? []),
    accuracySection(input, seriesOf),
    choiceSection(input, seriesOf),
    bestOfNSection(input, seriesOf),
    rewardbenchSection(input),
    rmBenchSection(input),
    trainingSection(input),
    dataSection(input),
  ];
  return {
    format: reportFormat,
    title: input.title,
    plan: input.plan,
    run: input.run ?? null,
    created: input.created,
    note: input.toyNote ?? smallRunNote(input),
    summary: summaryOf(input),
    sections: withNames(sections.filter((section) => section !== null)),
    missing: [...input.missing],
    sources: sourcesOf(input),
  };
}

/** Every text of the input, wherever it is, fit to be shown. */
export function cleaned<T>(value: T): T {
  if (typeof value === 'string') return cleanLine(value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => cleaned(each)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [cleanLine(name), cleaned(each)])) as T;
}
