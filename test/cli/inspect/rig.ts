import { execa } from 'execa';
import { join } from 'node:path';
import type { Artifacts, Columns } from '../../../ports/artifacts.ts';
import { candidateColumns, choiceColumns, pairColumns } from '../../../plan/columns.ts';
import type { Digest, PlanNode, TrainingStep } from '../../../plan/index.ts';
import { hashOf } from '../../../plan/keys.ts';
import type { Store } from '../../../ports/store.ts';
import type { RecordedFolder } from '../recorded-runs.ts';
import { checkout } from '../supervisor/services-rig.ts';

/** A pipeline whose run has every kind of page: code becomes pairs, others become a reward model, which picks among candidates. */
export const pipeline = `codepmp: 1
name: browsed
models:
  strong: {endpoint: local-strong, temperature: 0.3, top_p: 0.95, max_tokens: 256}
  weak:   {endpoint: local-weak, temperature: 1.0, top_p: 1, max_tokens: 64}
steps:
  code:       {uses: source/files, with: {source: python-stdlib, take: 120, seed: 1}}
  prompts:    {uses: summarize, with: {corpus: code, model: strong}}
  chosen:     {uses: respond, with: {prompts: prompts, model: strong}}
  rejected:   {uses: respond, with: {prompts: prompts, model: weak}}
  pairs:      {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
  arithmetic: {uses: dataset/arithmetic, with: {train: 4, test: 4, choices: 2, questions: 2, seed: 7}}
  rm:
    uses: train/rm
    with: {init: smollm2-135m-instruct, layers: 2, pairs: arithmetic.train, schedule: {kind: wcd, lr: 1e-3, warmup: 0.1}, batch_size: 4, seed: 1}
  samples:    {uses: candidates, with: {questions: arithmetic.questions, model: weak, n: 60}}
  graded:     {uses: grade, with: {candidates: samples}}
  bon:        {uses: eval/bon, with: {model: rm, candidates: graded, n: [1]}}
  choice:     {uses: eval/choice, with: {model: rm, choices: arithmetic.choices}}
targets: [pairs, bon, choice]
`;

/** What the artifacts of a run are filled with. */
export interface Content {
  /** Pairs, and items that make none. */
  pairs: number;
  dropped: number;
  /** A text for the n-th item, for columns of texts; the column is named. */
  text: (n: number, column: string) => string;
  language: (n: number) => string;
  reason: (n: number) => string;
}

interface Made {
  node: PlanNode;
  output: string;
  artifacts: Artifacts;
  store: Store;
}

/** Makes the artifact of each output of the pipeline, as a run would leave it. */
export function artifactsOf(content: Content): (made: Made) => Promise<Digest> {
  return async ({ node, output, artifacts, store }) => {
    const type = node.outputs[output] ?? '';
    const rows = rowsOf(node, type, content);
    if (type === 'checkpoint') return checkpoint(artifacts, store);
    if (type === 'metrics') return metrics(node, artifacts, store);
    if (type === 'pairs') return pairs(node, artifacts, content);
    const columns = inParquet[type];
    const shards = columns
      ? await artifacts.writeParquet({ columns, rows: rows.map((row) => filled(columns, row)) })
      : await writeShards(artifacts, rows);
    return artifacts.writeManifest({ type, rows: rows.length, shards, meta: { statuses: { ok: rows.length } } });
  };
}

const inParquet: { [type: string]: Columns } = {
  choices: choiceColumns,
  candidates: candidateColumns,
  graded: { ...candidateColumns, answer: 'string?', correct: 'boolean', grader: 'string' },
};

/** A row with every column; what it lacks is nothing, or an empty text where there has to be something. */
function filled(columns: Columns, row: object): object {
  return { ...Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, type.endsWith('?') ? null : ''])), ...row };
}

/** Digest of the n-th file. */
export const originOf = (n: number): Digest => hashOf(n).replace(/^.{4}/, n.toString(16).padStart(4, '0'));

function provenanceOf(n: number, { language, text }: Content) {
  const place = { repository: text(n, 'repository'), path: text(n, 'path'), commit: '', licence: '' };
  return { origin: originOf(n), ordinal: 0, ...place, language: language(n) };
}

function rowsOf({ step }: PlanNode, type: string, content: Content): object[] {
  const { text } = content;
  const items = Array.from({ length: content.pairs + content.dropped }, (_, n) => n);
  const status = (n: number) => ({ status: n < content.pairs ? 'ok' : content.reason(n) });
  if (type === 'corpus') return items.map((n) => ({ ...provenanceOf(n, content), text: text(n, 'source') }));
  if (type === 'prompts') return items.map((n) => ({ ...provenanceOf(n, content), status: 'ok', prompt: text(n, 'prompt') }));
  if (type === 'responses')
    return items.map((n) => {
      const said = { text: text(n, `${step} answer`), code: text(n, step), tokens: 100 + n };
      return { origin: originOf(n), ordinal: 0, ...status(n), ...said };
    });
  const questions = [0, 1].map((question) => ({ question, prompt: text(question, 'question') }));
  if (type === 'questions') return questions.map((each) => ({ ...each, text: each.prompt, gold: '11', rm_prompt: each.prompt }));
  if (type === 'choices') return questions.map((each) => ({ ...each, options: [0, 1, 2].map((n) => text(n, 'option')), label: 1 }));
  return questions.flatMap(({ question, prompt }) =>
    Array.from({ length: 60 }, (_, ordinal) => {
      const asked = { question, ordinal, rm_prompt: prompt, text: text(ordinal, 'candidate'), status: 'ok', gold: '11' };
      return type === 'graded' ? { ...asked, ...verdictOf(ordinal, content) } : asked;
    }),
  );
}

/** Every third candidate is right, and every third has no answer. */
function verdictOf(ordinal: number, { text }: Content): object {
  const answers = ['11', text(ordinal, 'answer'), null];
  return { answer: answers[ordinal % 3], correct: ordinal % 3 === 0, grader: 'rules/1' };
}

/** In shards of 50 rows, so that there are several. */
async function writeShards(artifacts: Artifacts, rows: object[]) {
  const shards = [];
  for (let at = 0; at < rows.length; at += 50) shards.push(await artifacts.writeJsonl(rows.slice(at, at + 50)));
  return shards;
}

async function pairs(node: PlanNode, artifacts: Artifacts, content: Content): Promise<Digest> {
  const items = Array.from({ length: content.pairs + content.dropped }, (_, n) => n);
  const made = items.slice(0, content.pairs).map((n) => ({
    ...provenanceOf(n, content),
    prompt: content.text(n, 'prompt'),
    chosen: content.text(n, 'chosen'),
    rejected: content.text(n, 'rejected'),
    chosen_tokens: 100 + n,
    rejected_tokens: 300 - n,
    generation_keys: '[]',
  }));
  const dropped = items.slice(content.pairs).map((n) => ({ ...provenanceOf(n, content), status: content.reason(n) }));
  const left = await artifacts.writeJsonl(dropped);
  const shards = await artifacts.writeParquet({ columns: pairColumns, rows: made.map((row) => filled(pairColumns, row)) });
  if (node.kind !== 'pair') return artifacts.writeManifest({ type: 'pairs', rows: made.length, shards, meta: {} });
  const waterfall = [
    { stage: 'source', count: items.length, reason: '' },
    { stage: 'pairs', count: content.pairs, reason: '' },
    { stage: 'pairs', count: content.dropped, reason: content.reason(content.pairs) },
  ];
  return artifacts.writeManifest({ type: 'pairs', rows: made.length, shards, meta: { rejected: left.digest, statistics: { waterfall } } });
}

async function checkpoint(artifacts: Artifacts, store: Store): Promise<Digest> {
  const lines = Array.from({ length: 30 }, (_, at) => `${JSON.stringify(trainingStep(at + 1))}\n`);
  const bytes = new TextEncoder().encode(lines.join(''));
  const shard = { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'progress.jsonl' };
  return artifacts.writeManifest({ type: 'checkpoint', rows: 1, shards: [shard], meta: {} });
}

function trainingStep(step: number): TrainingStep {
  const losses = { loss: 1 / step, rank_loss: 1 / step, lm_loss: null, accuracy: 0.5, lr: 1e-3 };
  return { step, steps: 30, ...losses, pairs: 4, equal: 0, tokens: 500, cut: 1 };
}

/** Metrics with scores beside them: of the candidates the last one is best, of three options the second. */
async function metrics(node: PlanNode, artifacts: Artifacts, store: Store): Promise<Digest> {
  const bytes = new TextEncoder().encode(JSON.stringify({ kind: node.kind }));
  const own = { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'metrics.json' };
  const texts = node.step === 'bon' ? 1 : 3;
  const scores = Array.from({ length: texts === 1 ? 120 : 2 * texts }, (_, at) => {
    const text = at % texts;
    return { row: Math.floor(at / texts), text, score: texts === 1 ? at % 60 : -Math.abs(1 - text) };
  });
  const shards = await artifacts.writeParquet({ columns: { row: 'int', text: 'int', score: 'double' }, rows: scores });
  const named = shards.map((shard, index) => ({ ...shard, name: `scores-${index}.parquet` }));
  return artifacts.writeManifest({ type: 'metrics', rows: 1, shards: [own, ...named], meta: { kind: node.kind } });
}

export interface Inspection extends AsyncDisposable {
  url: string;
  /** Stops it as Ctrl-C does; its exit code. */
  stop: () => Promise<number | undefined>;
}

/** `codepmp inspect` as a process, and the address that it prints. */
export async function inspecting(folder: RecordedFolder, ...args: string[]): Promise<Inspection> {
  const command = [join(checkout, 'cli', 'main.ts'), 'inspect', '--json', ...args];
  const child = execa(process.execPath, command, { cwd: folder.path, reject: false, env: { NO_COLOR: '1' } });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve((JSON.parse(String(line)) as { url: string }).url));
    child.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
  const stop = async (): Promise<number | undefined> => {
    child.kill('SIGINT');
    return (await child).exitCode;
  };
  return { url, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}
