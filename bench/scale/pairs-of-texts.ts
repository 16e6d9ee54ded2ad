import { config } from '../../test/e2e/pipelines.ts';

/** A pipeline that makes pairs of the corpus that the last of some steps makes, with three calls a text to the endpoint `fast`. */
export function pairsOf(corpus: { [step: string]: string }): string {
  return `codepmp: 1
name: pairs-of-texts
models:
  strong: {endpoint: fast, temperature: 0.3, max_tokens: 256}
  weak: {endpoint: fast, temperature: 1, max_tokens: 256}
steps:
${Object.entries(corpus).map(([step, work]) => `  ${step}: ${work}\n`).join('')}
  prompts: {uses: summarize, with: {corpus: ${Object.keys(corpus).at(-1)}, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
`;
}

/** The configuration of pipelines that read `texts.jsonl`, and `more.jsonl` as the source `more`, with so many calls in flight. */
export function configOfTexts(url: string, concurrency: number): string {
  const sources = 'sources:\n  texts: {path: texts.jsonl}\n  more: {path: more.jsonl}';
  return config({ endpoints: { fast: url }, concurrency }).replace('sources:', sources);
}

/** Lines of `texts.jsonl` with about the length of a function, numbered from `from`. */
export function* textLines(count: number, from = 0): Generator<string> {
  for (let index = from; index < from + count; index++) {
    const lines = Array.from({ length: 12 }, (_, line) => `    total += value * ${(index * 31 + line * 17) % 9973}`);
    yield `${JSON.stringify({ content: `def total_${index}(value):\n    total = 0\n${lines.join('\n')}\n    return total\n` })}\n`;
  }
}
