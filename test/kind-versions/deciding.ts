import { kindOf } from '../../schemas/index.ts';
import type { KindDefinition } from '../../schemas/index.ts';

/** How a chunk gets its rows, and what becomes of all chunks. */
const chunked = ['activities/group/chunk.ts#onChunk', 'activities/group/close.ts#manifestOf'];

/** What is asked of a model and read from its answer, and the server of models that come with the project. */
const asked = [
  'adapters/endpoints/client.ts#openEndpointClient',
  'adapters/endpoints/dialect.ts#createDialect',
  'adapters/endpoints/model-server.py',
];

/** What decides the result of a kind and is imported by nothing of it. */
const also: { readonly [kind: string]: readonly string[] } = {
  // What the package of the grader reads and compares formulas with.
  grade: ['latex2sympy2-extended', 'antlr4-python3-runtime', 'sympy', 'mpmath'].map((name) => `setup/requirements.txt#${name}`),
  // Started in threads by the name of its file.
  clean: ['activities/cleaning/stages.ts#stages'],
  select: ['activities/cleaning/look.ts#look'],
  // Handed in by the worker.
  execute: ['adapters/sandbox/bubblewrap.ts#createSandbox', 'adapters/sandbox/harness.py'],
  report: ['report/views/gather.ts#gatherReport', 'report/render.ts#renderReport'],
};

/** Scores in the store are no kind: every evaluation to come reads them, so they have a version of their own. */
export const keptScores = 'scores';

/**
 * Where the code starts that decides a kind's result: `file#declaration` of TypeScript, a Python script, a template, a locked
 * package. What these import is followed, and scripts of the trainer that they name; of packages that Python imports by name,
 * the locked version counts.
 */
export function decidingOf(kind: string): string[] {
  if (kind === keptScores) return ['trainer/score.py', 'records/scores.ts#textName'];
  const definition = kindOf(kind);
  const isAsked = Object.keys(definition.models).length > 0;
  // Base weights that come with the project carry the digest of what they are converted from.
  const startsFromWeights = Object.values(definition.inputs).some(({ orWeights }) => orWeights);
  const name = kind.replaceAll(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase());
  return [
    `activities/kinds/${kind}.ts#${name}`,
    // What computes metrics runs in a thread, which is started by the name of its file.
    ...(definition.scores ? [`stats/evaluate/${kind.replace('eval/', '')}.ts#${name.replace('eval', 'evaluate')}`] : []),
    ...(definition.shape === 'map' ? chunked : []),
    ...(isAsked ? [...asked, ...templatesOf(definition)] : []),
    ...(startsFromWeights ? ['trainer/convert.py'] : []),
    ...(also[kind] ?? []),
  ];
}

/** Every template that the settings of a kind can ask for. */
function templatesOf({ settings, template }: KindDefinition): string[] {
  const { enum: closed, examples: names = [''] } = (settings.properties['template'] ?? {}) as { enum?: string[]; examples?: string[] };
  return (closed ?? names).flatMap((name) => template?.({ template: name }) ?? []).map((file) => `templates/${file}`);
}

/**
 * Where following ends: code that carries results and decides none. Keys and records are the same work whatever a result
 * says; how a group is cut into chunks and how a process is watched must not show in a result, which tests of their own
 * hold; an error leaves no result; what a definition says is in the key. The store and the launcher are handed in, so nothing
 * leads to them.
 */
export const carrying: readonly string[] = [
  'plan/index.ts',
  'plan/keys.ts',
  'schemas/index.ts',
  'activities/run/lookup.ts',
  'activities/group/open.ts',
  'records/chunk.ts',
  'records/names.ts',
  'records/results.ts',
  'ports/failure.ts',
  'trainer/codepmp_trainer/process/config.py',
  'trainer/codepmp_trainer/process/failures.py',
  'trainer/codepmp_trainer/process/files.py',
  'trainer/codepmp_trainer/process/frame.py',
];
