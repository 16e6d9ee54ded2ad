import { describe, expect, test } from 'vitest';
import type { ReportInput } from '../../report/index.ts';
import { renderReport } from '../../report/index.ts';
import { textsOf } from './files.ts';
import { typeset } from './latex-engine.ts';
import { sampleInput } from './sample-input.ts';
import { sampleViews } from './sample-views.ts';

/** A paper of one column that takes in both files of a report. */
async function typesetReport(input: ReportInput): Promise<ReturnType<typeof typeset>> {
  const { files } = await renderReport(input);
  const { 'tables.tex': tables = '', 'figures.tex': figures = '' } = textsOf(files);
  const drawings = files.flatMap(({ name, content }) => (name.endsWith('.pdf') ? [[name, content] as const] : []));
  const document = String.raw`\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage{graphicx}
\begin{document}
\listoftables
\input{tables}\clearpage
\input{figures}\clearpage
\begin{table}\caption{Of the paper itself.}\end{table}
\typeout{NEXT NUMBERS \thetable\space\thefigure}
\end{document}
`;
  return typeset(document, { 'tables.tex': tables, 'figures.tex': figures, ...Object.fromEntries(drawings) });
}

describe('LaTeX', () => {
  test('compiles without an error, and no table or figure is wider than the text', async () => {
    const { log, pdf } = await typesetReport({ ...sampleInput(), views: sampleViews() });
    expect(log).not.toMatch(/^!|LaTeX Error|Undefined control sequence|Overfull \\hbox/m);
    expect(pdf?.length).toBeGreaterThan(60_000);
  });

  test('keeps the names of the report and takes no number from the paper', async () => {
    const input = { ...sampleInput(), views: sampleViews() };
    const { 'tables.tex': tables = '', 'figures.tex': figures = '' } = textsOf((await renderReport(input)).files);
    const { log } = typeset(String.raw`\documentclass{article}\usepackage{graphicx}\begin{document}
\makeatletter\def\@makecaption#1#2{\typeout{CAPTION #1}}\makeatother
${tables}\clearpage
${figures.replaceAll(/\\includegraphics.*/g, '')}\clearpage
\begin{table}\caption{Of the paper itself.}\end{table}
\end{document}`);
    const captions = [...log.matchAll(/CAPTION (.*)/g)].map(([, name = '']) => name.replaceAll(String.raw`\nobreakspace `, ' '));
    expect(captions).toEqual(expect.arrayContaining(['Table 1', 'Numbers of Figure 4', 'Table S1', 'Table S12', 'Figure 4', 'Figure 1', 'Figure S1']));
    expect(captions.at(-1)).toBe('Table 1');
  });

  test('takes any character, in names of steps, data sets and captions', async () => {
    const input = sampleInput();
    const odd = 'Δ ≥ ½ 日本語 é ñ ř ő ✓ ✗ − – — “x” 👩 ﬁ \u0416';
    const metrics = input.metrics.map((entry) => ({ ...entry, model: `${entry.model} ${odd}`, dataset: odd }));
    const views = sampleViews().map((view) => ({ ...view, title: odd, footnotes: [odd] }));
    const { log, pdf } = await typesetReport({ ...input, title: odd, plan: odd, metrics, views });
    expect(log).not.toMatch(/^!|LaTeX Error|Undefined control sequence|Unicode char/m);
    expect(pdf?.length).toBeGreaterThan(60_000);
  });

  test('keeps a star that a row begins with', async () => {
    const input = sampleInput();
    const metrics = input.metrics.map((entry) => ({ ...entry, model: `*${entry.model}` }));
    const { 'tables.tex': tables = '' } = textsOf((await renderReport({ ...input, metrics, training: [] })).files);
    const { pdf } = typeset(String.raw`\pdfcompresslevel=0\documentclass{article}\usepackage{graphicx}\begin{document}${tables}\end{document}`);
    const page = Buffer.from(pdf ?? []).toString('latin1');
    const rows = [...page.matchAll(/\((\*?)rm-/g)].map(([, star]) => star);
    expect(rows.length).toBeGreaterThan(10);
    expect(new Set(rows)).toEqual(new Set(['*']));
  });

  test('breaks a table that is longer than a page into several of its name', async () => {
    const input = sampleInput();
    const [entry] = input.metrics;
    const metrics = Array.from({ length: 60 }, (_, index) => ({ ...entry!, model: `model ${index}` }));
    const { 'tables.tex': tables } = textsOf((await renderReport({ ...input, metrics })).files);
    expect(tables?.match(/\\renewcommand\{\\thetable\}\{S1\}/g)).toHaveLength(2);
    expect(tables?.match(/whose chosen answer .* \(continued\)\}/g)).toHaveLength(1);
    expect(tables?.match(/\\label\{accuracy-by-model\}/g)).toHaveLength(1);
  });
});
