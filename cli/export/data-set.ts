import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createArtifacts } from '../../adapters/index.ts';
import type { PlanNode } from '../../plan/index.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import type { StepOfRun } from '../runs/step-output.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { cardName, cardOf, type CardInput } from './card.ts';
import { writeLines, writeParquetFiles, type ExportedPart } from './parts.ts';

/** Writes the rows of a step, and the data card, into an empty folder. */
export async function writeDataSet(store: Store, folder: string, input: CardInput): Promise<void> {
  const artifacts = createArtifacts(store);
  const { format, parts } = input;
  await mkdir(join(folder, 'data'));
  for (const part of parts) await (format === 'jsonl' ? writeLines(artifacts, folder, part) : writeParquetFiles(store, folder, part));
  await writeFile(join(folder, cardName), await cardOf(artifacts, input));
}

/** The outputs of a step that are exported. A single one is the split `train`. */
export async function partsOf(
  artifacts: Artifacts,
  { step: { node, result }, asked, run }: { step: StepOfRun; asked: string | undefined; run: string },
): Promise<ExportedPart[]> {
  const names = Object.keys(node.outputs);
  if (asked !== undefined && !names.includes(asked))
    throw new CommandFailure(`${node.id} has no output ${asked}. Choose one: ${names.map((name) => `${node.id}.${name}`).join(', ')}`);
  if (!result) throw new CommandFailure(`${node.id} has not finished in ${run}. See codepmp status ${run}`);
  const isChosen = (name: string): boolean => (asked === undefined ? node.outputs[name] === mainType(node) : name === asked);
  const chosen = Object.entries(result.outputs).filter(([name]) => isChosen(name));
  return Promise.all(
    chosen.map(async ([name, artifact]) => ({
      split: name === 'out' ? 'train' : name,
      artifact,
      manifest: await artifacts.readManifest(artifact),
    })),
  );
}

/** Outputs of several types make no data set: of those, the pairs are exported, else the type of the first. */
function mainType({ outputs }: PlanNode): string {
  const types = Object.values(outputs);
  return types.find((type) => type === 'pairs') ?? types[0] ?? '';
}
