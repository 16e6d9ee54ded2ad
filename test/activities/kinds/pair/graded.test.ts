import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../../activities/dependencies.ts';
import { pairGraded } from '../../../../activities/kinds/pair/graded.ts';
import { createArtifacts, openFileStore } from '../../../../adapters/index.ts';
import type { Artifacts, Manifest, Row } from '../../../../ports/artifacts.ts';

let root: string;
let artifacts: Artifacts;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-graded-'));
  artifacts = createArtifacts(await openFileStore({ root }));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const columns = { question: 'int', ordinal: 'int', rm_prompt: 'string', text: 'string', status: 'string', correct: 'boolean' } as const;

/** Answers to question 0, 1, … : `+right` and `-wrong`, `!right` one that is not whole. */
async function gradedBy(answers: string[][], prompt_format = 'question-answer'): Promise<string> {
  const rows = answers.flatMap((texts, question) =>
    texts.map((text, ordinal) => ({
      question,
      ordinal,
      rm_prompt: `Q${question}`,
      text: text.slice(1),
      status: text.startsWith('!') ? 'truncated' : 'ok',
      correct: !text.startsWith('-'),
    })),
  );
  const shards = await artifacts.writeParquet({ columns, rows });
  return artifacts.writeManifest({ type: 'graded', rows: rows.length, shards, meta: { prompt_format } });
}

async function pairsOf(graded: string[], settings: object = {}): Promise<{ rows: Row[]; manifest: Manifest }> {
  const node = { id: 'pairs', kind: 'pair/graded', settings: { pairs: 'all', take: null, seed: 1, ...settings } };
  const work = { node, inputs: { graded } } as unknown as Parameters<typeof pairGraded.work>[1];
  const { out } = await pairGraded.work({ artifacts } as Dependencies, work);
  const rows: Row[] = [];
  for await (const row of artifacts.rows(out)) rows.push(row);
  return { rows, manifest: await artifacts.readManifest(out) };
}

const sides = (rows: Row[]) => rows.map(({ prompt, chosen, rejected }) => [prompt, chosen, rejected].join(' ')).sort();

describe('pairs of graded answers', () => {
  it('join right and wrong answers of several models to one question, each text once, none that is not whole', async () => {
    const graded = await Promise.all([gradedBy([['+a', '-b', '+a', '!c'], ['+d']]), gradedBy([['-b', '-e'], ['-f', '+g']])]);
    const { rows, manifest } = await pairsOf(graded);
    expect(sides(rows)).toEqual(['Q0 a b', 'Q0 a e', 'Q1 d f', 'Q1 g f']);
    expect(new Set(rows.map(({ origin, ordinal }) => `${String(origin)}/${String(ordinal)}`)).size).toBe(4);
    expect(manifest.meta).toEqual({ prompt_format: 'question-answer', answers: { right: 3, wrong: 3, repeated: 2, truncated: 1 } });
  });

  it('are one a question where that is asked, and a smaller number is the beginning of a larger one', async () => {
    const graded = [await gradedBy(Array.from({ length: 9 }, (_, n) => [`+a${n}`, `-b${n}`, `-c${n}`]))];
    const all = await pairsOf(graded);
    expect([all.rows.length, (await pairsOf(graded, { pairs: 'one' })).rows.length]).toEqual([18, 9]);
    const few = (await pairsOf(graded, { take: 5 })).rows.map(({ chosen, rejected }) => [chosen, rejected]);
    expect(few).toEqual(all.rows.slice(0, 5).map(({ chosen, rejected }) => [chosen, rejected]));
  });

  it('are an error where no question has both, and where prompts have different formats', async () => {
    await expect(pairsOf([await gradedBy([['+a'], ['-b', '!c']])])).rejects.toMatchObject({
      class: 'quality',
      message: 'pairs: no question has a right and a wrong answer; of all answers: 1 right, 1 truncated, 1 wrong',
    });
    await expect(pairsOf([await gradedBy([['+a']]), await gradedBy([['-a']], 'instruction-response')])).rejects.toMatchObject({
      class: 'invalid',
      message:
        'pairs: its answers are to prompts of different formats: question-answer, instruction-response. Pair those of one data set',
    });
  });
});
