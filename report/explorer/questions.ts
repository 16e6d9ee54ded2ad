import { plainLine } from '../../text/index.ts';
import type { Markup } from '../formats/markup.ts';
import { html } from '../formats/markup.ts';
import { listedCharacters, textBlock } from './facts.ts';
import { filterForm } from './filters.ts';
import type { FilterField } from './filters.ts';
import type { ListPart, PageQuery } from './page.ts';
import { addressOf, amount, pager } from './page.ts';
import type { ShownOutput } from './step.ts';
import { outputHead } from './step.ts';

/** A question with what became of its candidates; null is what was not graded or not scored. */
export interface ShownQuestion {
  question: number;
  prompt: string;
  gold: string;
  candidates: number;
  right: number | null;
  /** Whether the candidate with the highest score is right. */
  best: boolean | null;
}

/** The questions of candidates, each with a link to its candidates. */
export function questionsPage(options: {
  head: ShownOutput;
  fields: FilterField[];
  query: PageQuery;
  part: ListPart;
  questions: ShownQuestion[];
}): Markup {
  const { head, fields, query, part, questions } = options;
  const pages = pager(part, (from) => addressOf('step', { ...query, from }));
  const rows = questions.map(
    ({ question, prompt, gold, candidates, right, best }) => html`<tr>
<th scope="row"><a href="${addressOf('question', { ...query, question })}">${amount(question)}</a></th>
<td class="wide">${plainLine(prompt.slice(0, 160))}${prompt.length > 160 ? ' …' : ''}</td><td>${plainLine(gold)}</td>
<td>${right === null ? '' : `${amount(right)} of `}${amount(candidates)}</td><td>${verdictText(best)}</td></tr>`,
  );
  return html`${outputHead(head)}${filterForm('step', fields, { node: head.node, output: head.output })}${pages}
<div class="scroll"><table><thead><tr>${heads.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>${pages}`;
}

const heads = ['no.', 'question', 'answer', 'right', 'highest score'];

/** One candidate; null is what was not graded or not scored. */
export interface ShownCandidate {
  row: number;
  ordinal: number;
  text: string;
  answer: string | null;
  correct: boolean | null;
  score: number | null;
  /** What else is known of it, in words. */
  notes: string[];
}

/** The candidates of one question, from the highest score down. */
export function candidatesPage(options: {
  head: ShownOutput;
  fields: FilterField[];
  query: PageQuery;
  part: ListPart;
  prompt: string;
  gold: string;
  candidates: ShownCandidate[];
}): Markup {
  const { head, fields, query, part, prompt, gold, candidates } = options;
  const { node, output } = head;
  const place = (index: number, score: number | null): string => (score === null ? '' : `${amount(part.from + index + 1)}. `);
  const pages = pager(part, (from) => addressOf('question', { ...query, from }));
  const cards = candidates.map(
    ({ row, ordinal, text, answer, correct, score, notes }, index) => html`<article class="card">
<header><b>${place(index, score)}<a href="${addressOf('item', { node, output, row })}">Candidate ${amount(ordinal)}</a></b>
${score === null ? null : html`<span><i>score</i> ${score.toFixed(3)}</span>`}<span>${verdictText(correct)}</span>
${answer === null ? null : html`<span><i>answer</i> ${plainLine(answer)}</span>`}
${notes.map((note) => html`<span>${plainLine(note)}</span>`)}</header>
${textBlock(text, listedCharacters)}
</article>`,
  );
  return html`<article class="card"><h3>question</h3>${textBlock(prompt)}<h3>right answer</h3>${textBlock(gold)}</article>
${filterForm('question', fields, { node, output, question: query['question'] ?? '' })}${pages}${cards}${pages}`;
}

function verdictText(correct: boolean | null): Markup | string {
  if (correct === null) return '';
  return correct ? html`<b class="right">✓ right</b>` : html`<b class="wrong">✗ wrong</b>`;
}
