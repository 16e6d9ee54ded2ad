import type { UnitProgress } from '../../plan/index.ts';
import type { Output } from '../terminal/output.ts';
import { plainText } from '../../text/index.ts';
import type { Titles } from '../runs/runs.ts';

/** Something that may be wrong with what a step has made. */
interface StepWarning {
  node: string;
  warning: string;
}

/** The warnings of the steps of a run, in the order of the plan. */
export function warningsOf({ units }: { units: UnitProgress[] }): StepWarning[] {
  return units.flatMap(({ nodes }) => nodes.flatMap(({ id, warning }) => (warning === undefined ? [] : [{ node: id, warning }])));
}

/** Warnings that are shown. */
const most = 5;

/** The same as lines, each with the command that shows the items it is about. */
export function warningLines(run: { run: string; units: UnitProgress[] }, titles: Titles, paint: Output['paint']): string[] {
  const warnings = warningsOf(run);
  const lines = warnings
    .slice(0, most)
    .map(
      ({ node, warning }) => `${paint.yellow(titles.get(node) ?? node)}: ${plainText(warning)}. See codepmp show ${node} --run ${run.run}`,
    );
  return warnings.length > most ? [...lines, `and ${warnings.length - most} more: codepmp status ${run.run} --json`] : lines;
}
