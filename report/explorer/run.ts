import { plainLine } from '../../text/index.ts';
import type { Markup } from '../formats/markup.ts';
import { html } from '../formats/markup.ts';
import { factList } from './facts.ts';
import type { ListPart } from './page.ts';
import { addressOf, amount, pager } from './page.ts';

/** A node of a run. */
export interface ShownNode {
  node: string;
  title: string;
  kind: string;
  state: string;
  /** Its outputs; rows are null where they are not known yet, or there are none; `to`: there is something to see. */
  outputs: { output: string; type: string; rows: number | null; to: boolean }[];
}

/** A run with all its nodes. */
export function runPage(options: { facts: [name: string, value: string][]; part: ListPart; nodes: ShownNode[] }): Markup {
  const { facts, part, nodes } = options;
  const pages = part.total > nodes.length ? pager(part, (from) => `./?from=${from}`) : null;
  const rows = nodes.map(
    ({ node, title, kind, state, outputs }) => html`<tr><th scope="row">${plainLine(title)}</th><td>${kind}</td><td>${state}</td>
<td class="wide">${outputs.map((each) => outputLink({ ...each, node, only: outputs.length === 1 }))}</td></tr>`,
  );
  return html`${factList(facts)}${pages}
<div class="scroll"><table><thead><tr><th scope="col">step</th><th scope="col">kind</th><th scope="col">state</th><th scope="col">what it made</th></tr></thead>
<tbody>${rows}</tbody></table></div>${pages}`;
}

function outputLink(shown: ShownNode['outputs'][number] & { node: string; only: boolean }): Markup {
  const { node, output, type, rows, to, only } = shown;
  const text = `${rows === null ? '' : `${amount(rows)} `}${type}${only ? '' : ` (${output})`}`;
  return html`<span class="output">${to ? html`<a href="${addressOf('step', { node, output })}">${text}</a>` : text}</span>`;
}
