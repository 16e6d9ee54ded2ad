import { readRmBench, rmBenchKinds, rmBenchPart, type DataPair } from '../../../items/index.ts';
import type { JsonObject } from '../../../plan/index.ts';
import { promptFormatOf } from '../../../schemas/index.ts';
import type { StepKind } from '../kind.ts';
import { openDataset } from './open.ts';
import { writePairs } from './write.ts';

const layout = { parts: ['total', ...rmBenchKinds], partOf: rmBenchPart };

/** Reads RM-Bench: the file of all domains where it is there, else the files of the domains that are. */
export const datasetRmBench: StepKind<'dataset/rm-bench'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const dataset = await openDataset(dependencies, node, { layout, needs: [] });
    const parts = dataset.parts.includes('total') ? ['total'] : dataset.parts;
    const rows: DataPair[] = [];
    for (const part of parts)
      for (const { item, path } of await dataset.read(part, (row) => readRmBench(row, part)))
        rows.push(...item.map((pair) => ({ ...pair, repository: dataset.name, path, licence: 'ODC-BY' })));
    const meta = { prompt_format: promptFormatOf(node.kind), checks: dataset.checks } as unknown as JsonObject;
    return { test: await writePairs(dependencies, rows, meta) };
  },
};
