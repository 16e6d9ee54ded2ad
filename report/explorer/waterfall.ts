import type { WaterfallStage } from '../../plan/index.ts';
import { plainLine } from '../../text/index.ts';
import type { Markup } from '../formats/markup.ts';
import { html } from '../formats/markup.ts';
import { amount } from './page.ts';

/** From the source on: what remained after each stage, and what was dropped there and why. */
export function waterfallTable(stages: readonly WaterfallStage[], title = 'From the source to the pairs'): Markup {
  const entered = new Map<string, number>();
  for (const { stage, count } of stages) entered.set(stage, (entered.get(stage) ?? 0) + count);
  const rows = stages.map(({ stage, count, reason }) => {
    const share = (100 * count) / Math.max(1, entered.get(stage) ?? 0);
    const label = reason === '' ? html`<th scope="row">${plainLine(stage)}</th>` : html`<th scope="row" class="reason">− ${plainLine(reason)}</th>`;
    return html`<tr>${label}<td>${amount(count)}</td><td>${bar(share, reason === '' ? 'kept' : 'lost')}</td></tr>`;
  });
  return html`<details class="waterfall" open><summary>${title}</summary>
<table><thead><tr><th scope="col">stage, or reason</th><th scope="col">items</th><th scope="col">share of what entered the stage</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}

/** A bar of so many hundredths. */
function bar(width: number, of: 'kept' | 'lost'): Markup {
  return html`<svg class="bar ${of}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${width.toFixed(2)}" height="8"/></svg>`;
}
