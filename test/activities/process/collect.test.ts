import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { works } from '../../../activities/kinds/index.ts';
import { workOf } from '../../../activities/works.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import type { JsonObject } from '../../../plan/index.ts';
import type { Artifacts, Manifest, Row } from '../../../ports/artifacts.ts';
import type { Store } from '../../../ports/store.ts';
import { keepScores, textName } from '../../../records/scores.ts';
import { kindOf } from '../../../schemas/index.ts';
import { planOf, quickstart } from '../../compile/rig.ts';

let root: string;
let store: Store;
let artifacts: Artifacts;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-collect-'));
  store = await openFileStore({ root });
  artifacts = createArtifacts(store);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const plan = planOf(quickstart);
const model = 'a'.repeat(64);
const prompt = 'Two and two?\n';

/** What a step makes of rows, where answers to the question have these scores; `four` was cut. */
async function collected(step: { id: string; kind?: string }, rows: Row[], scores: { [answer: string]: number }, meta: JsonObject = {}) {
  const found = plan.nodes.find(({ id }) => id === step.id) ?? expect.fail(`no step ${step.id}`);
  const node = { ...found, ...step };
  const named = Object.entries(scores).map(([response, score]) => ({ text: textName({ prompt, response }), score, cut: response === 'four' }));
  await keepScores({ store, artifacts }, model, named);
  const { input = '' } = kindOf(node.kind).scores ?? {};
  const type = kindOf(node.kind).inputs[input]?.types[0] ?? '';
  const read = await artifacts.writeManifest({ type, rows: rows.length, shards: [await artifacts.writeJsonl(rows)], meta });
  const result = { status: 'succeeded' as const, class: null, message: '' };
  const process = { node, inputs: { model: [model], [input]: [read] }, folder: { shared: root, attempt: root }, result };
  const { out = '' } = await workOf(works, node, 'process').collect({ store, artifacts } as unknown as Dependencies, process);
  return artifacts.readManifest(out);
}

async function metricsIn({ shards: [shard] }: Manifest): Promise<JsonObject> {
  return JSON.parse(new TextDecoder().decode(await store.getBytes(shard?.digest ?? ''))) as JsonObject;
}

const pair = (chosen: string, rejected: string, kind = '', level = '') => ({ prompt, chosen, rejected, kind, level, origin: '' });

describe('metrics', () => {
  it('lie beside the scores they come from', async () => {
    const { meta, shards } = await collected({ id: 'accuracy-pmp' }, [pair('4', '5'), pair('four', '5')], { 4: 1, 5: 0.5, four: -1 });
    expect(meta).toEqual({ kind: 'eval/accuracy' });
    expect(shards.map(({ name }) => name)).toEqual(['metrics.json', 'scores-0.parquet']);
    const scores: Row[] = [];
    for await (const row of artifacts.rows(await artifacts.writeManifest({ type: 'scores', rows: 4, shards: shards.slice(1), meta: {} })))
      scores.push(row);
    expect(scores).toEqual([
      { row: 0, text: 0, score: 1 },
      { row: 0, text: 1, score: 0.5 },
      { row: 1, text: 0, score: -1 },
      { row: 1, text: 1, score: 0.5 },
    ]);
  });

  it('of pairs say how many were right, and how many different texts were cut', async () => {
    const metrics = await metricsIn(await collected({ id: 'accuracy-pmp' }, [pair('4', '5'), pair('four', '5')], { 4: 1, 5: 0.5, four: -1 }));
    expect(metrics).toMatchObject({ kind: 'eval/accuracy', accuracy: { n: 2, value: 0.5 }, counts: { texts: 3, cut: 1 } });
  });

  it('of RewardBench are by section', async () => {
    const rows = [pair('4', '5', 'hep-go'), pair('five', '4', 'hep-js'), pair('4', '5', 'donotanswer')];
    const metrics = await metricsIn(await collected({ id: 'accuracy-pmp', kind: 'eval/rewardbench' }, rows, { 4: 1, 5: 0.5, five: 0 }));
    expect(metrics).toMatchObject({ kind: 'eval/rewardbench', overall: { value: null }, outcomes: '101' });
    const sections = metrics['sections'] as unknown as { section: string; accuracy: { value: number | null } }[];
    expect(Object.fromEntries(sections.map(({ section, accuracy }) => [section, accuracy.value]))).toEqual({
      chat: null,
      'chat-hard': null,
      safety: 1,
      reasoning: 0.5,
      'prior-sets': null,
    });
  });

  it('of RM-Bench are by domain and level', async () => {
    const rows = [pair('4', '5', 'code', 'easy'), pair('four', '5', 'code', 'hard')];
    const metrics = await metricsIn(await collected({ id: 'accuracy-pmp', kind: 'eval/rm-bench' }, rows, { 4: 1, 5: 0.5, four: -1 }));
    expect(metrics).toMatchObject({
      kind: 'eval/rm-bench',
      cells: [
        { kind: 'code', level: 'easy', accuracy: { n: 1, value: 1 } },
        { kind: 'code', level: 'hard', accuracy: { n: 1, value: 0 } },
      ],
      counts: { texts: 3, cut: 1 },
    });
  });

  it('of candidates say what became of these on the way', async () => {
    const given = ['5', '5', '5', '5', '5', '4', '5', '5'];
    const rows = given.map((text, ordinal) => ({ question: 1, ordinal, rm_prompt: prompt, text, answer: text, correct: text === '4' }));
    const counted = { late: 1, unreadable: 2, truncated: 3, graders: { rules: '1' } };
    const metrics = await metricsIn(await collected({ id: 'bon-pmp' }, rows, { 4: 1, 5: 0.5 }, { rows: 8, ...counted }));
    expect(metrics).toMatchObject({ kind: 'eval/bon', best: { at: 8, value: 1 }, counts: { texts: 2, cut: 0, ...counted } });
  });

  it('are not made where a text has no score', async () => {
    await expect(collected({ id: 'accuracy-pmp' }, [pair('4', '5'), pair('four', '5')], { 4: 1, 5: 0.5 })).rejects.toThrow(
      'accuracy-pmp: a text of row 1 has no score: retry the step',
    );
  });
});
