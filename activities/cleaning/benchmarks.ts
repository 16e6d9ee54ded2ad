import { benchmarkItem, isBenchmarkType } from '../../items/index.ts';
import type { BenchmarkItem } from '../../items/index.ts';
import type { Digest, InputRef } from '../../plan/index.ts';
import type { Artifacts } from '../../ports/artifacts.ts';

/** An artifact that is used as a benchmark, and what it is called in reasons. */
export interface NamedBenchmark {
  name: string;
  artifact: Digest;
}

/** Artifacts with the names that a pipeline gives them: `gsm8k.test`. */
export function namedBenchmarks(artifacts: readonly Digest[], refs: readonly InputRef[]): NamedBenchmark[] {
  return refs.map(({ node, output }, index) => ({
    name: output === 'out' ? node : `${node}.${output}`,
    artifact: artifacts[index] ?? '',
  }));
}

/** Writes the items of all benchmarks as one shard, whose digest stands for them. */
export async function writeBenchmarks(artifacts: Artifacts, benchmarks: readonly NamedBenchmark[]): Promise<Digest> {
  const { digest } = await artifacts.writeJsonl(itemsOf(artifacts, benchmarks));
  return digest;
}

async function* itemsOf(artifacts: Artifacts, benchmarks: readonly NamedBenchmark[]): AsyncGenerator<BenchmarkItem> {
  for (const { name, artifact } of benchmarks) {
    const { type } = await artifacts.readManifest(artifact);
    if (!isBenchmarkType(type)) throw new Error(`${name} is ${type}, which is no benchmark`);
    let number = 0;
    for await (const row of artifacts.rows(artifact)) yield benchmarkItem(`${name} ${(number += 1)}`, { type, row });
  }
}
