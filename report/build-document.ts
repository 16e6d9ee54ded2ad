import { cleanLine } from '../text/index.ts';
import type { Document } from './document.ts';
import { createPen } from './figures/draw.ts';
import type { ReportInput } from '../ports/report.ts';
import { accuracySection } from './sections/accuracy.ts';
import { bestOfNSection } from './sections/best-of-n.ts';
import { choiceSection } from './sections/choice.ts';
import { comparisonsOf, comparisonsSection } from './sections/comparisons.ts';
import { dataSection } from './sections/data.ts';
import { createSeriesOf } from './series-of.ts';
import { smallRunNote, summaryOf } from './sections/summary.ts';
import { trainingSection } from './sections/training.ts';
import { sourcesOf } from './sources.ts';

/** Says everything there is to say about an input, in the order of the page; what has no results has no section. */
export async function buildDocument(raw: ReportInput): Promise<Document> {
  const input = cleaned(raw);
  const seriesOf = createSeriesOf(input);
  const pen = await createPen();
  const comparisons = comparisonsOf(input);
  const sections = [
    accuracySection(input, seriesOf),
    choiceSection(input, seriesOf),
    await bestOfNSection(input, seriesOf, pen),
    comparisonsSection(comparisons),
    await trainingSection(input, pen),
    dataSection(input),
  ];
  return {
    title: input.title,
    plan: input.plan,
    run: input.run ?? null,
    created: input.created,
    note: input.toyNote ?? smallRunNote(input),
    summary: summaryOf(input, comparisons),
    sections: sections.filter((section) => section !== null),
    missing: input.missing,
    sources: sourcesOf(input),
  };
}

/** Every text of the input, wherever it stands, fit to be shown. */
function cleaned<T>(value: T): T {
  if (typeof value === 'string') return cleanLine(value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => cleaned(each)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [cleanLine(name), cleaned(each)])) as T;
}
