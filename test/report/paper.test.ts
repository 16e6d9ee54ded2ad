import { describe, expect, test } from 'vitest';
import { cellsOfView } from '../../plan/index.ts';
import { paperReport } from './paper-report.ts';

const { views = [] } = paperReport();

/** Labels of tables and figures in the order of their numbers. */
const inOrder = (labels: string[]): string[] => labels.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));

describe('the views of the paper', () => {
  test('are its tables and figures, by their names', () => {
    const figures = ['1', '3', '3 (logic)', '4', '5', '6a', '6b', '7a', '7b', '8', '10'].map((name) => `Figure ${name}`);
    const tables = Array.from({ length: 9 }, (_, index) => `Table ${index + 1}`);
    expect(inOrder(views.map(({ label }) => label))).toEqual([...figures, ...tables]);
  });

  test.each(views.map((view) => [view.label, view] as const))('%s has a number in every cell once all is measured, or says why not', (_, view) => {
    const cells = cellsOfView(view);
    const empty = cells.filter(({ value, text }) => value === null && text === undefined);
    const [uncounted, absent] = ['its prompts or answers have no token counts', 'there are no pairs in other languages'];
    const ofTable4 = [uncounted, uncounted, absent, absent, absent, absent, uncounted];
    expect(empty.map(({ reason }) => reason)).toEqual(view.label === 'Table 4' ? ofTable4 : []);
    expect(cells.length).toBeGreaterThanOrEqual(8);
  });

  test('name the results behind each number, and the trainings behind each setting', () => {
    const shown = views.flatMap((view) => cellsOfView(view)).filter(({ value, text }) => value !== null || text !== undefined);
    expect(shown.filter(({ sources }) => sources.length === 0)).toEqual([]);
  });
});
