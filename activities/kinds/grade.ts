import { join } from 'node:path';
import { gradeConfig, python } from '../process/programs.ts';
import type { ProcessKind } from './kind.ts';

/** Compares the final answers of candidates with the known ones. */
export const grade: ProcessKind<'grade'> = {
  shape: 'process',
  program: async (dependencies, work) => python(dependencies, 'grade.py', await gradeConfig(dependencies, work)),
  async collect({ artifacts, store }, { inputs, folder }) {
    const { rows, meta } = await artifacts.readManifest(inputs.candidates[0] ?? '');
    const shard = { ...(await store.putFile(join(folder.attempt, 'graded.parquet'))), rows };
    return { out: await artifacts.writeManifest({ type: 'graded', rows, shards: [shard], meta }) };
  },
};
