/**
 * Grades 10,000 real solutions on two cores, half of them against the gold answer of another problem, without and with hostile
 * answers among them. CODEPMP_TEST_DATA names the folder of the data.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createArtifacts, openFileStore } from '../../adapters/index.ts';
import { lastBoxed } from '../../items/datasets/math.ts';
import { candidateColumns } from '../../plan/columns.ts';

interface Solution {
  gold: string;
  text: string;
}

const home = join(import.meta.dirname, '..', '..');
const data = process.env['CODEPMP_TEST_DATA'];
if (data === undefined) throw new Error('set CODEPMP_TEST_DATA to the folder of the test data');

/** Answers that take a reader of formulas for ever, or all memory. */
const hostile = [
  '9^{9^{9^{9}}}',
  '(10^{10^{10}})!',
  String.raw`\binom{10^{9}}{5 \cdot 10^{8}}`,
  '((x+y+z+w)^{99})^{99}',
  String.raw`\sum_{n=1}^{10^{12}} n^{n}`,
  String.raw`\sqrt{`.repeat(400) + '2' + '}'.repeat(400),
];

const solutions = [...worked(), ...answered()];
const many = Array.from({ length: 10_000 }, (_, index) => {
  const [own, next] = [solutions[index % solutions.length], solutions[(index + 1) % solutions.length]];
  return { gold: (index % 2 ? next : own)?.gold ?? '', text: own?.text ?? '' };
});
const attacked = many.flatMap((each, index) => {
  const answer = hostile[(index / 500) % hostile.length];
  return answer === undefined ? [each] : [each, { gold: each.gold, text: `The answer is $${answer} + ${index}$` }];
});
const plain = await timed(many);
console.log(`${many.length} solutions: ${(many.length / plain.seconds).toFixed(0)} a second, longest wait for a verdict ${plain.wait.toFixed(1)} s`);
const slow = await timed(attacked);
const added = attacked.length - many.length;
const each = (slow.seconds - plain.seconds) / added;
console.log(`with ${added} hostile answers: ${slow.late} late, ${each.toFixed(1)} s for each, longest wait ${slow.wait.toFixed(1)} s`);

function lines(name: string): { [key: string]: unknown }[] {
  const bytes = readFileSync(join(data ?? '', name));
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  const rows = text.trim().split('\n');
  return rows.map((line) => JSON.parse(line) as { [key: string]: unknown });
}

/** Worked solutions of the data sets, with their own gold answers. */
function worked(): Solution[] {
  const math = lines('math-test.jsonl.gz').map(({ solution }) => String(solution));
  const school = ['gsm8k-test.jsonl', 'gsm8k-train-2000.jsonl'].flatMap((name) => lines(name).map(({ answer }) => String(answer)));
  return [
    ...math.map((text) => ({ text, gold: lastBoxed(text) ?? '' })),
    ...school.map((text) => ({ text, gold: text.split('#### ')[1] ?? '' })),
  ];
}

/** Answers of a model. */
function answered(): Solution[] {
  return lines('qwen25-math-bon-100x8.jsonl.gz').flatMap(({ code, gt }) => (code as string[]).map((text) => ({ text, gold: String(gt) })));
}

/** Seconds that grading takes, the longest between two verdicts, and how many comparisons ran out of time. */
async function timed(given: Solution[]): Promise<{ seconds: number; wait: number; late: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'codepmp-grading-'));
  try {
    const store = await openFileStore({ root: join(folder, 'store') });
    const rows = given.map((each, ordinal) => ({ question: 0, ordinal, rm_prompt: '', status: 'ok', ...each }));
    const shards = await createArtifacts(store).writeParquet({ columns: candidateColumns, rows });
    const [progress, result, file] = ['progress.jsonl', 'result.json', 'config.json'].map((name) => join(folder, name)) as [string, string, string];
    const input = await Promise.all(shards.map(({ digest }) => store.pathOf(digest)));
    const settings = { format: 1, task: 'grade', answers: 'mathematics', timeout: 5, processes: 2, output: join(folder, 'graded.parquet') };
    writeFileSync(file, JSON.stringify({ ...settings, input, progress, result }));
    const began = performance.now();
    execFileSync(join(home, '.setup', 'python', 'bin', 'python'), [join(home, 'trainer', 'grade.py'), '--config', file]);
    const seconds = (performance.now() - began) / 1000;
    const times = readFileSync(progress, 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { time: number }).time);
    const { meta } = JSON.parse(readFileSync(result, 'utf8')) as { meta: { late: number } };
    return { seconds, wait: Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time))), late: meta.late };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
