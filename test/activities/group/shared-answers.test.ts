import { describe, expect, it } from 'vitest';
import { answerBy, openWorkbench } from '../rig.ts';

/** The chosen and the rejected side of the six ways in which the paper makes pairs. */
const constructions = [
  ['strong-code', 'weak-code'],
  ['code', 'weak-code'],
  ['code', 'clipped-code'],
  ['code', 'strong-code'],
  ['weak-code', 'clipped-code'],
  ['strong-code', 'clipped-code'],
] as const;

/** `filters`: settings of the step that describes, and of those that make pairs. */
function pipeline(made: typeof constructions | [(typeof constructions)[0]], filters = { prompts: '', pairs: '' }): string {
  const answered = ['strong', 'weak', 'clipped'].filter((side) => made.some((sides) => sides.some((each) => each === `${side}-code`)));
  return `
codepmp: 1
name: s
models:
  strong: {endpoint: remote, temperature: 0.3, max_tokens: 256}
  weak: {endpoint: remote, temperature: 1, max_tokens: 256}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: strong${filters.prompts}}}
${answered.includes('clipped') ? '  clipped: {uses: clip, with: {prompts: prompts, keep: 0.9}}' : ''}
${answered.map((side) => `  ${side}-code: {uses: respond, with: {prompts: ${side === 'clipped' ? 'clipped' : 'prompts'}, model: ${side === 'strong' ? 'strong' : 'weak'}}}`).join('\n')}
${made.map(([chosen, rejected], index) => `  pairs-${index}: {uses: pair, with: {prompts: prompts, chosen: ${chosen}, rejected: ${rejected}${filters.pairs}}}`).join('\n')}
`;
}

const count = 3;
const files = Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}.py`, `total = ${index}\n`]));

/** Describes a file in ten words, and answers a whole description, a clipped one and each model with another code. */
const acts = [
  (response, request, body) => {
    const model = body['temperature'] === 1 ? 2 : 1;
    answerBy((told) => {
      const [, number] = /total = (\d)/.exec(told) ?? [];
      if (number !== undefined) return `It sets one total to the whole number ${number} and ends.`;
      return `\`\`\`python\nprint(${model}, "${told.includes('ends') ? 'whole' : 'clipped'}")\n\`\`\``;
    })(response, request, body);
  },
] satisfies Parameters<typeof openWorkbench>[0]['acts'];

describe('answers that were paid for', () => {
  it('serve six constructions of pairs, which ask a third more than one does, and serve again when filters change', async () => {
    const bench = await openWorkbench({ files, acts });
    await bench.run(pipeline([constructions[0]]));
    expect(bench.asked).toHaveLength(3 * count);
    const made = await bench.run(pipeline(constructions));
    expect(bench.asked).toHaveLength(4 * count);
    for (const index of constructions.keys()) expect((await bench.manifest(made[`pairs-${index}`])).rows).toBe(count);
    const filters = { prompts: ', words: {min: 5, max: 100}, max_repeated: 0.9', pairs: ', length_ratio: {max: 50}' };
    const filtered = await bench.run(pipeline([constructions[0]], filters));
    expect(bench.asked).toHaveLength(4 * count);
    expect(filtered['pairs-0']?.key).not.toBe(made['pairs-0']?.key);
    expect((await bench.manifest(filtered['pairs-0'])).rows).toBe(count);
  });
});
