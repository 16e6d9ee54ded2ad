import { join } from 'node:path';
import type { Json, JsonObject } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import type { Dependencies } from '../dependencies.ts';
import { gradeConfig, python } from '../process/programs.ts';
import type { ProcessKind } from './kind.ts';

/** Compares the final answers of candidates with the known ones. What is counted on the way is in the artifact. */
export const grade: ProcessKind<'grade'> = {
  shape: 'process',
  async program(dependencies, work) {
    const answers = await answersOf(dependencies, work);
    return python(dependencies, 'grade.py', await gradeConfig(dependencies, work, answers));
  },
  async collect({ artifacts, store }, { inputs, folder, result }) {
    const { rows, meta } = await artifacts.readManifest(inputs.candidates[0] ?? '');
    const shard = { ...(await store.putFile(join(folder.attempt, 'graded.parquet'))), rows };
    return { out: await artifacts.writeManifest({ type: 'graded', rows, shards: [shard], meta: { ...meta, ...result.meta } as JsonObject }) };
  },
};

/** What the known answers are, by the step or the data set of its questions. Throws `invalid` where neither says it. */
async function answersOf({ artifacts }: Dependencies, { node, inputs }: Parameters<ProcessKind<'grade'>['program']>[1]): Promise<Json> {
  if (node.settings.answers !== 'declared') return node.settings.answers;
  const { meta } = await artifacts.readManifest(inputs.candidates[0] ?? '');
  if (meta['answers'] !== undefined) return meta['answers'];
  throw classified(
    'invalid',
    `${node.id}: its questions do not say what their answers are. Set answers of ${node.id} to numbers or mathematics`,
  );
}
