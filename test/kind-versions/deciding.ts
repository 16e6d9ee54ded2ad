import type { RunnableKind } from '../../schemas/index.ts';

/** What is launched with which settings, and what is made of what it left. */
const launched = ['activities/process/programs.ts#programOf', 'activities/process/collect.ts#collect'];

const closed = 'activities/group/close.ts#artifactOf';

/** What is asked of a model and read from its answer, and the server of models that come with the project. */
const asked = ['adapters/endpoints/client.ts#openEndpointClient', 'adapters/endpoints/model-server.py'];

/** Base weights that come with the project carry the digest of what they are converted from. */
const trained = ['trainer/train.py', 'trainer/convert.py', ...launched];

/** What the package of the grader reads and compares formulas with. */
const algebra = ['latex2sympy2-extended', 'antlr4-python3-runtime', 'sympy', 'mpmath'].map((name) => `setup/requirements.txt#${name}`);

/**
 * Where the code starts that decides a kind's result: `file#declaration` of TypeScript, a Python script, a template, a locked
 * package. What these import is followed; of packages that Python imports by name, the locked version counts.
 */
export const deciding: { [K in RunnableKind]: readonly string[] } = {
  'source/files': ['activities/kinds/source/files.ts#sourceFiles'],
  summarize: ['activities/kinds/summarize.ts#summarize', 'templates/describe-code.md', ...asked, closed],
  clip: ['activities/kinds/clip.ts#clip', closed],
  respond: ['activities/kinds/respond.ts#respond', 'templates/write-code.md', ...asked, closed],
  pair: ['activities/kinds/pair.ts#pair', closed],
  candidates: ['activities/kinds/candidates.ts#candidates', ...asked, closed],
  'dataset/arithmetic': ['activities/kinds/dataset/arithmetic.ts#datasetArithmetic'],
  'train/pmp': trained,
  'train/rm': trained,
  grade: ['trainer/grade.py', ...algebra, ...launched],
  'eval/accuracy': ['trainer/score.py', ...launched],
  'eval/choice': ['trainer/score.py', ...launched],
  'eval/bon': ['trainer/score.py', ...launched],
  report: ['activities/kinds/report.ts#report', 'report/render.ts#renderReport'],
};

/**
 * Where following ends: code that carries results and decides none. Keys and records are the same work whatever a result
 * says; how a group is cut into chunks and how a process is watched must not show in a result, which tests of their own
 * hold; an error leaves no result. The store and the launcher are handed in, so nothing leads to them.
 */
export const carrying: readonly string[] = [
  'plan/index.ts',
  'plan/keys.ts',
  'activities/run/lookup.ts',
  'activities/group/open.ts',
  'records/chunk.ts',
  'records/names.ts',
  'records/results.ts',
  'ports/failure.ts',
  'trainer/codepmp_trainer/process/failures.py',
  'trainer/codepmp_trainer/process/files.py',
  'trainer/codepmp_trainer/process/frame.py',
];
