import type { TrainingCurve } from '../../plan/index.ts';
import type { TrainingInput } from '../../ports/report.ts';
import { describePanel } from '../figures/describe.ts';
import { createPen } from '../figures/draw.ts';
import { panelSpec } from '../figures/panel.ts';
import { trainingFigures } from '../figures/training.ts';
import type { Markup } from '../formats/markup.ts';
import { html, trusted } from '../formats/markup.ts';
import { factList } from './facts.ts';
import { amount } from './page.ts';

/** Curves of a training and how far it is; nothing but a sentence before its first step. */
export async function trainingCurves(run: TrainingInput): Promise<Markup> {
  const [figure] = trainingFigures([run], 0).figures;
  const last = run.curve.at(-1);
  if (!last || !figure) return html`<p>No step has been taken yet.</p>`;
  const pen = await createPen();
  const drawn: Markup[] = [];
  for (const panel of figure.panels)
    drawn.push(html`<figure><figcaption>${panel.title ?? ''}</figcaption>
<div role="img" aria-label="${describePanel(panel)}">${trusted(await pen(panelSpec(panel, { width: 262, height: 190 })))}</div></figure>`);
  return html`${factList([
    ['steps', `${amount(last.step)} of ${amount(last.steps)}`],
    ['pairs', amount(sumOf(run.curve, 'pairs'))],
    ['tokens', amount(sumOf(run.curve, 'tokens'))],
    ['rows cut', amount(sumOf(run.curve, 'cut'))],
  ])}
<div class="panels">${drawn}</div>
<p class="legend">${figure.notes.join(' ')}</p>`;
}

function sumOf(curve: TrainingCurve, column: 'pairs' | 'tokens' | 'cut'): number {
  return curve.reduce((sum, step) => sum + step[column], 0);
}
