import { expect, test } from 'vitest';
import { gatherReport, renderReport } from '../../../report/index.ts';
import { openWorkbench } from '../../activities/rig.ts';

const pipeline = `
codepmp: 1
name: s
steps:
  sums: {uses: dataset/arithmetic, with: {train: 60, test: 20, choices: 1, questions: 1}}
`;

test('a report on pairs of a data set, which carry no statistics, has those of their rows', async () => {
  const { store, artifacts, ...bench } = await openWorkbench({});
  const { sums } = await bench.run(pipeline);
  const inputs = { data: [{ node: 'sums', output: 'train' }] };
  const node = { id: 'report', inputs } as unknown as Parameters<typeof gatherReport>[1]['node'];
  const entering = { report: { data: [sums?.outputs['train'] ?? ''] } };
  const unit = { id: '', pipeline: 's', nodes: [node], group: false, inputs: entering, sources: {}, missing: {} };
  const input = await gatherReport({ store, artifacts }, { unit, node, title: 's', created: '2026-01-01T00:00:00.000Z' });
  const total = { pairs: 60, bias: { chosen_longer: { n: 60 } } };
  expect(input.data).toMatchObject([{ statistics: { total, keep: null, waterfall: [] } }]);
  const { files } = await renderReport(input);
  const text = String(files.find(({ name }) => name === 'report.md')?.content);
  expect(text).toMatch(/\| Total \| 60 \| — \|/);
});
