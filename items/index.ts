export { toyFiles, type ToySizes } from './toy/files.ts';
export { generateArithmetic } from './arithmetic/generate.ts';
export type { ArithmeticPair } from './arithmetic/rows.ts';
export { judgeAnswer, tokensOfPart } from './prompts/answer.ts';
export { clipText } from './prompts/clip.ts';
export { extractCode } from './prompts/extract.ts';
export { benchmarkItem, isBenchmarkType, textsOfPair } from './cleaning/benchmarks.ts';
export { contaminationFinder, contaminationIndex } from './cleaning/contamination.ts';
export type { BenchmarkItem } from './cleaning/contamination.ts';
export { createRules } from './cleaning/rules.ts';
export type { CorpusRow, RowChange, Rules, RulesOptions, Verdict } from './cleaning/rules.ts';
export {
  bandHash,
  bands,
  buckets,
  bytesOfSignature,
  languageHash,
  matchesOf,
  shinglesOf,
  signatureOf,
  signatureVersion,
  similarityOf,
  slots,
} from './cleaning/signature.ts';
export { draw, isWanted } from './files.ts';
export type { FileChoice } from './files.ts';
export { notebookScript } from './notebook.ts';
export { decodeText } from './text.ts';
export { languageOf } from './languages.ts';
export { forgottenRule, type Provenance } from './forgotten.ts';
export { isLicenceFile, licenceOfFiles, licenceOfText } from './licences.ts';
export { isPost } from './web/post.ts';
export type { PostOrReason, WebPost } from './web/post.ts';
export { redditPosts } from './web/reddit.ts';
export { stackExchangePost } from './web/stackexchange.ts';
export { joinThreads, pairOfAnswers } from './web/ranked.ts';
export type { RankedAnswers, RankedRow } from './web/ranked.ts';
export { languagesToRead } from './pairs/other-language.ts';
export { joinPairs, renderPrompt } from './pairs/pair.ts';
export type { PromptItem } from './pairs/pair.ts';
export type { SideItem } from './pairs/sides.ts';
export { syntaxReader } from './pairs/syntax.ts';
export { createSymmetricDraw } from './pairs/symmetric.ts';
export { generationKey, requestOf } from './prompts/request.ts';
export { responseInput, responseOf } from './prompts/respond.ts';
export { summaryInput, summaryOf } from './prompts/summarize.ts';
export { judgeMessages, opinionOf } from './prompts/judge.ts';
export { questionInput } from './prompts/question.ts';
export { withRepeats } from './prompts/repeats.ts';
export { withoutTemplate } from './prompts/template.ts';
export { promptFormats } from './datasets/formats.ts';
export { readGsm8k } from './datasets/gsm8k.ts';
export { firstByRank, heldOut, rankOf } from './datasets/draw.ts';
export type { DataRow } from './datasets/fields.ts';
export { readLogiqa2 } from './datasets/logiqa2.ts';
export { mathLayout, readMath } from './datasets/math.ts';
export { readMathShepherd } from './datasets/math-shepherd.ts';
export { choiceRow, letterQuestions, optionPairs, promptOfChoice } from './datasets/multiple-choice.ts';
export type { PassageQuestion } from './datasets/multiple-choice.ts';
export { findOverlap } from './datasets/overlap.ts';
export { partsOf, splitOf } from './datasets/parts.ts';
export type { DataLayout } from './datasets/parts.ts';
export { readPreference } from './datasets/preference.ts';
export { questionRows } from './datasets/problems.ts';
export type { AnsweredProblem } from './datasets/problems.ts';
export { readReclor } from './datasets/reclor.ts';
export { priorSets, readRewardbench, rewardbenchPart } from './datasets/rewardbench.ts';
export { readRmBench, rmBenchKinds, rmBenchPart } from './datasets/rm-bench.ts';
export { digestOfText, numberedPairs, pairRow } from './datasets/rows.ts';
export type { ChoiceRow, DataPair, PairTexts, QuestionRow } from './datasets/rows.ts';
export { solutionPairRow, solutionPairs } from './datasets/solutions.ts';
export type { JudgedSolution, SolutionPair } from './datasets/solutions.ts';
