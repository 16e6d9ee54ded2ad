import { execa } from 'execa';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createArtifacts, openFileStore } from '../adapters/index.ts';
import { compile, loadConfig } from '../compile/index.ts';
import { generateArithmetic } from '../items/index.ts';
import type { ArithmeticPair } from '../items/index.ts';
import { pairColumns } from '../plan/columns.ts';
import type { AccuracyMetrics, Estimate, JsonObject } from '../plan/index.ts';
import { textName } from '../records/scores.ts';
import type { NamedScore } from '../records/scores.ts';
import { evaluateAccuracy } from '../stats/index.ts';

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

async function accuracyOf(name: string, rows: ArithmeticPair[]): Promise<AccuracyMetrics> {
  const own = join(folder, name);
  const output = join(own, 'model');
  await execa('mkdir', ['-p', own]);
  await run(own, 'train', ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2', '--max-restarts', '0'], {
    task: 'rm',
    init: config.weights['smollm2-135m-instruct']?.path,
    pairs: await parquet(rows),
    prompt_format: 'question-answer',
    loss: { rank: 1, lm: 0 },
    eoc: null,
    ...settingsOf('rm-base'),
    checkpoints: join(own, 'checkpoints'),
    output,
  });
  const scores = await scoresOf(own, output, test);
  const scoreOf = (prompt: string, response: string) => scores.get(textName({ prompt, response })) ?? Number.NaN;
  return evaluateAccuracy({
    rows: test.map((row) => ({
      ...row,
      chosen_score: scoreOf(row.prompt, row.chosen),
      rejected_score: scoreOf(row.prompt, row.rejected),
    })),
  });
}

/** Scores by the name of the text. */
async function scoresOf(own: string, model: string, pairs: ArithmeticPair[]): Promise<Map<string, number>> {
  const input = join(own, 'texts.jsonl');
  const output = join(own, 'scores');
  const texts = pairs.flatMap(({ prompt, chosen, rejected }) => [{ prompt, response: chosen }, { prompt, response: rejected }]);
  await writeFile(input, texts.map((text) => `${JSON.stringify({ text: textName(text), ...text })}\n`).join(''));
  await run(own, 'score', [], { model, input, prompt_format: 'question-answer', batch_tokens: 4096, output });
  const [part = ''] = await readdir(output);
  const lines = (await readFile(join(output, part), 'utf8')).trimEnd().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as NamedScore).map(({ text, score }) => [text, score]));
}

async function run(own: string, script: 'train' | 'score', launch: string[], settings: object): Promise<void> {
  const config = join(own, `${script}.json`);
  const files = { format: 1, progress: join(own, `${script}.jsonl`), result: join(own, `${script}-result.json`) };
  await writeFile(config, JSON.stringify({ ...files, ...settings }));
  const env = launch.length > 0 ? { OMP_NUM_THREADS: '1' } : {};
  await execa(python, [...launch, join(home, 'trainer', `${script}.py`), '--config', config], { env });
}

async function parquet(rows: object[]): Promise<string[]> {
  const shards = await artifacts.writeParquet({ columns: pairColumns, rows });
  return Promise.all(shards.map((shard) => store.pathOf(shard.digest)));
}

function print(what: string, { value, interval, n }: Estimate): void {
  const [low, high] = interval ?? [Number.NaN, Number.NaN];
  console.log(`${what.padEnd(40)} ${value?.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]  n=${n}`);
}
