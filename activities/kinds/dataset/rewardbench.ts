import { pairRow, priorSets, readRewardbench, rewardbenchPart, type DataPair } from '../../../items/index.ts';
import type { JsonObject } from '../../../plan/index.ts';
import { promptFormatOf } from '../../../schemas/index.ts';
import type { StepKind } from '../kind.ts';
import { openDataset } from './open.ts';
import { writePairs } from './write.ts';

/** Reads RewardBench, and the prior sets where they are asked for. */
export const datasetRewardbench: StepKind<'dataset/rewardbench'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const needs = ['filtered', ...(node.settings.prior_sets ? priorSets : [])];
    const dataset = await openDataset(dependencies, node, { layout: { parts: needs, partOf: rewardbenchPart }, needs });
    const rows: DataPair[] = [];
    for (const part of needs)
      for (const { item, path } of await dataset.read(part, (row) => readRewardbench(row, part)))
        rows.push(pairRow({ ...item, repository: dataset.name, path, licence: part === 'filtered' ? 'ODC-BY' : '' }));
    const meta = { prompt_format: promptFormatOf(node.kind), checks: dataset.checks } as unknown as JsonObject;
    return { test: await writePairs(dependencies, rows, meta) };
  },
};
