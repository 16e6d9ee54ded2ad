import { expect, test } from 'vitest';
import type { ReportInput } from '../../report/index.ts';
import { createRandom, evaluateRewardbench, evaluateRmBench } from '../../stats/index.ts';
import { renderTexts } from './files.ts';
import { digest, sampleInput } from './sample-input.ts';

const random = createRandom(5);

function pairs(kinds: readonly string[], level?: (index: number) => string) {
  return kinds.flatMap((kind) =>
    Array.from({ length: 18 }, (_, index) => ({
      kind,
      prompt: 'Which?',
      level: level?.(index) ?? '',
      chosen: 'yes',
      rejected: 'no',
      chosen_score: random(),
      rejected_score: random() * 0.8,
    })),
  );
}

async function shown(metrics: ReportInput['metrics'][number]['metrics']): Promise<string> {
  const entry = { step: 'general', key: digest('k'), artifact: digest('a'), model: 'rm', dataset: 'bench', metrics };
  return (await renderTexts({ ...sampleInput(), metrics: [entry], training: [], data: [] }))['report.md'] ?? '';
}

test('RewardBench is shown by section and subset, with the weights of the benchmark', async () => {
  const page = await shown(evaluateRewardbench({ rows: pairs(['alpacaeval-easy', 'llmbar-natural', 'refusals-dangerous', 'hep-python']) }));
  expect(page).toContain('## RewardBench');
  expect(page).toMatch(/\| Model \| chat \| chat-hard \| safety \| reasoning \|.*overall \|/);
  expect(page).toMatch(/Weights of the sections overall: chat 1, chat-hard 1, safety 1, reasoning 1, prior-sets 0\.5\./);
  expect(page).toMatch(/\| rm \| safety \| refusals-dangerous \| \d+ \| 0\.\d+ \\\[0\.\d+, 0\.\d+\\\] \| 18 \| \d+ \|/);
});

test('RM-Bench is shown by domain and level', async () => {
  const levels = ['easy', 'normal', 'hard'];
  const rows = pairs(['chat', 'math', 'code', 'safety-refuse', 'safety-response'], (index) => levels[index % 3] ?? '');
  const page = await shown(evaluateRmBench({ rows }));
  expect(page).toContain('## RM-Bench');
  expect(page).toContain('| Group | Domain | easy | normal | hard | mean | n | Source |');
  for (const domain of ['chat', 'math', 'code', 'safety', 'overall'])
    expect(page).toMatch(new RegExp(String.raw`\| rm \| ${domain} \| 0\.\d+ .* \| 0\.\d+ .* \| 0\.\d+ .* \| 0\.\d+ `));
});
