import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { rowBlobs } from '../../../adapters/index.ts';
import { unitsOf, type PlanNode, type UnitSummary } from '../../../plan/index.ts';
import { keepPlan } from '../../../records/plan.ts';
import { publishResult } from '../../../records/results.ts';
import { noteRun } from '../../../records/run.ts';
import { answerBy, openWorkbench, type Workbench } from '../../activities/rig.ts';
import { planOf } from '../../compile/rig.ts';
import { runCommand } from '../command.ts';

export const pipeline = `codepmp: 1
name: study
models:
  strong: {endpoint: remote, temperature: 0.3, max_tokens: 96}
  weak: {endpoint: remote, temperature: 1, max_tokens: 96}
steps:
  code: {uses: source/jsonl, with: {source: python-stdlib, path: path, repository: repository, licence: licence}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
`;

export const lineOf = (repository: string, name: string, licence: string | string[] = 'MIT'): string =>
  `${JSON.stringify({ content: `name = '${name}'\n`, path: `${name}.py`, repository, licence })}\n`;

const lines = [
  lineOf('lab/one', 'secret'),
  lineOf('lab/one', 'shared'),
  lineOf('lab/two', 'shared'),
  lineOf('lab/two', 'plain'),
  lineOf('lab/three', 'copyleft', 'GPL-3.0-only'),
];

/** Answers name what they are about, so that they can be found in the store. */
const acts = [
  answerBy((asked, nth) => {
    const [, name = ''] = /name = '(\w+)'/.exec(asked) ?? /about (\w+)/.exec(asked) ?? [];
    return asked.includes('about') ? `\`\`\`python\n${name} = ${nth}\n\`\`\`` : `It is about ${name}.`;
  }),
];

export interface Study extends Workbench {
  path: string;
  made: UnitSummary;
  forget(...args: string[]): ReturnType<typeof runCommand>;
}

/** A store in which a pipeline has run, and its pairs have been exported to folders of these formats. `more`: further texts. */
export async function studied(formats: string[] = ['jsonl'], more: string[] = []): Promise<Study> {
  const bench = await openWorkbench({ files: { 'data.jsonl': [...lines, ...more].join('') }, acts });
  const path = dirname(bench.store.root);
  await writeFile(join(path, 'codepmp.config.yaml'), 'codepmp_config: 1\nstore: store\n');
  const made = await bench.run(pipeline);
  await recordRun(bench, made);
  for (const format of formats)
    expect(await runCommand(path, ['export', 'pairs', format, '--format', format])).toMatchObject({ exitCode: 0 });
  return { ...bench, path, made, forget: (...args) => runCommand(path, ['forget', ...args]) };
}

/** The record of the run, in which a training has read the pairs. */
async function recordRun({ store, artifacts }: Workbench, made: UnitSummary): Promise<void> {
  const plan = planOf(pipeline);
  const node = { id: 'rm', kind: 'train/rm' } as PlanNode;
  const inputs = { pairs: [made['pairs']?.outputs['out'] ?? ''] };
  const shards = [{ digest: await store.putBytes(Buffer.from('weights')), rows: 1, bytes: 7, name: 'weights' }];
  const outputs = { out: await artifacts.writeManifest({ type: 'checkpoint', rows: 1, shards, meta: {} }) };
  const rm = await publishResult(store, { node, parts: {}, inputs, outputs, seconds: 1 });
  const all: UnitSummary = { ...made, rm };
  const nodes = [...unitsOf(plan).map((unit) => unit.nodes), [node]];
  const units = nodes.map((each, index) => ({
    id: `u${index}`,
    state: 'done' as const,
    nodes: each.map(({ id, kind }) => ({ id, kind, key: all[id]?.key ?? '' })),
  }));
  const head = { run: 'study-1', name: 'study', status: 'succeeded' as const, started: 1, plan: await keepPlan(store, plan) };
  await noteRun(store, { head, changed: units });
}

/** Everything that a store holds in rows and answers, as text. */
export async function contentOf({ store }: Pick<Study, 'store'>): Promise<string> {
  const parts: string[] = [];
  for await (const { rows } of rowBlobs(store)) parts.push(JSON.stringify(rows));
  for (const generationKey of readdirSync(join(store.root, 'ledger')))
    for await (const record of store.ledger.records({ generationKey, lo: '', hi: null })) parts.push(record.text);
  return parts.join('\n');
}

export const repositoriesIn = async (bench: Workbench, made: UnitSummary): Promise<unknown[]> =>
  (await bench.rows(made['pairs'])).map(({ repository }) => repository).toSorted();
