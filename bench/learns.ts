import { execa } from 'execa';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dependencies } from '../activities/dependencies.ts';
import { works } from '../activities/kinds/index.ts';
import { workOf } from '../activities/works.ts';
import { createArtifacts, openFileStore } from '../adapters/index.ts';
import { compile, loadConfig } from '../compile/index.ts';
import { generateArithmetic } from '../items/index.ts';
import type { ArithmeticPair } from '../items/index.ts';
import { pairColumns } from '../plan/columns.ts';
import type { AccuracyMetrics, Digest, Estimate, JsonObject } from '../plan/index.ts';
import type { ProcessResult } from '../ports/launcher.ts';

/**
 * Whether the quickstart's reward model learns something true: trained on the pairs as they are it must be right more
 * often than chance and than every trivial rule, trained on the same pairs with their labels flipped it must be wrong more
 * often than right. Both on the same held-out pairs. Takes about two minutes on two cores.
 */
const home = dirname(dirname(fileURLToPath(import.meta.url)));
const python = join(home, '.setup', 'python', 'bin', 'python');
const folder = await mkdtemp(join(tmpdir(), 'codepmp-learns-'));
const store = await openFileStore({ root: join(folder, 'store') });
const artifacts = createArtifacts(store);
const { config } = loadConfig({ folder, home });
const dependencies = { store, artifacts, config, python, home } as Partial<Dependencies> as Dependencies;
const { plan, rendered } = compile({ source: await readFile(join(home, 'pipelines', 'quickstart.yaml')), file: 'quickstart.yaml', config });
if (!plan) throw new Error(rendered.join('\n\n'));
const settingsOf = (step: string): JsonObject => plan.nodes.find((node) => node.step === step)?.settings ?? {};
const { train, test } = generateArithmetic(settingsOf('arithmetic') as unknown as Parameters<typeof generateArithmetic>[0]);

const asTold = await accuracyOf('as-told', train);
const flipped = await accuracyOf('flipped', train.map((row) => ({ ...row, chosen: row.rejected, rejected: row.chosen })));
await rm(folder, { recursive: true });

print('trained on the pairs as they are', asTold.accuracy);
print('trained on flipped labels', flipped.accuracy);
for (const baseline of asTold.baselines) print(`trivial rule: ${baseline.name}`, baseline);
const low = asTold.accuracy.interval?.[0] ?? 0;
const high = flipped.accuracy.interval?.[1] ?? 1;
const learns = low > 0.5 && asTold.baselines.every(({ value }) => low > (value ?? 0));
console.log(learns && high < 0.5 ? 'it learns something true' : 'IT DOES NOT SHOW THAT IT LEARNS');
process.exitCode = learns && high < 0.5 ? 0 : 1;

async function accuracyOf(name: string, train: ArithmeticPair[]): Promise<AccuracyMetrics> {
  const model = await made('rm-base', { pairs: await pairsOf(train) }, name);
  const metrics = await made('accuracy-base', { model, pairs: await pairsOf(test) }, name);
  const { shards } = await artifacts.readManifest(metrics);
  const { digest = '' } = shards.find((shard) => shard.name === 'metrics.json') ?? {};
  return JSON.parse(Buffer.from(await store.getBytes(digest)).toString()) as AccuracyMetrics;
}

/** What a step of the quickstart makes of these inputs, by the same program that a worker launches. */
async function made(step: string, reads: { [input: string]: Digest }, name: string): Promise<Digest> {
  const node = plan?.nodes.find((each) => each.step === step);
  if (!node) throw new Error(`the quickstart has no step ${step}`);
  const attempt = join(folder, name, step);
  await mkdir(attempt, { recursive: true });
  const inputs = Object.fromEntries(Object.entries(reads).map(([input, digest]) => [input, [digest]]));
  const work = { node, inputs, folder: { shared: attempt, attempt } };
  const kind = workOf(works, node, 'process');
  const program = await kind.program(dependencies, work, []);
  if (!program) throw new Error(`${step} launches nothing`);
  const [command, ...args] = program.argv;
  const file = join(attempt, 'config.json');
  await writeFile(file, JSON.stringify(program.config));
  await execa(command, [...args, '--config', file], { env: program.env });
  await kind.takeIn?.(dependencies, work);
  const result = JSON.parse(await readFile(join(attempt, 'result.json'), 'utf8')) as ProcessResult;
  return (await kind.collect(dependencies, { ...work, result }))['out'] ?? '';
}

async function pairsOf(rows: ArithmeticPair[]): Promise<Digest> {
  const shards = await artifacts.writeParquet({ columns: pairColumns, rows });
  return artifacts.writeManifest({ type: 'pairs', rows: rows.length, shards, meta: { prompt_format: 'question-answer' } });
}

function print(what: string, { value, interval, n }: Estimate): void {
  const [low, high] = interval ?? [Number.NaN, Number.NaN];
  console.log(`${what.padEnd(40)} ${value?.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]  n=${n}`);
}
