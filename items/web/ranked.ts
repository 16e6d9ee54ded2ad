import { isNearEqual, isWithin, withoutSpace, type LengthRatio } from '../pairs/reasons.ts';
import type { WebPost } from './post.ts';

/** A question with the answers to it, the best first. */
export interface RankedAnswers {
  thread: string;
  question: string;
  licence: string;
  answers: { id: string; text: string; score: number }[];
}

/** A row of ranked answers: a question of a site with where it comes from. */
export interface RankedRow extends Omit<RankedAnswers, 'thread'> {
  /** Digest of the question with its site and number. */
  origin: string;
  ordinal: number;
  /** The site. */
  repository: string;
  /** Id of the question there. */
  path: string;
}

/** Why posts make no question with ranked answers. */
type ThreadReason = 'no-question' | 'several-questions' | 'one-answer' | 'no-answer';

/**
 * Joins answers with their questions, in the order of the questions' ids. Posts of a question that has fewer than two answers,
 * answers without their question, and those of which nobody knows to which of several questions with one id they belong, are counted by
 * the reason.
 */
export function joinThreads(posts: readonly WebPost[]): { threads: RankedAnswers[]; leftOut: { [reason in ThreadReason]?: number } } {
  const leftOut: { [reason in ThreadReason]?: number } = {};
  const threads: RankedAnswers[] = [];
  const grouped = [...Map.groupBy(posts, ({ thread }) => thread)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [thread, members] of grouped) {
    const question = members.find(({ answer }) => answer === null);
    const questions = new Set(members.flatMap(({ answer, text }) => (answer === null ? [text] : [])));
    const answers = members.flatMap(({ answer: id, text, score }) => (id === null ? [] : [{ id, text, score }]));
    const reason = threadReason(questions.size, answers.length);
    if (reason !== null) leftOut[reason] = (leftOut[reason] ?? 0) + members.length;
    if (!question || reason !== null) continue;
    answers.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
    threads.push({ thread, question: question.text, licence: question.licence, answers });
  }
  return { threads, leftOut };
}

function threadReason(questions: number, answers: number): ThreadReason | null {
  if (questions !== 1) return questions === 0 ? 'no-question' : 'several-questions';
  return answers === 0 ? 'no-answer' : answers === 1 ? 'one-answer' : null;
}

interface WebPairSettings {
  /** Least difference in votes. */
  margin: number;
  /** A place in [0, 1) that decides which of several pairs is taken. */
  place: number;
  length_ratio: LengthRatio;
}

type WebPair = { status: 'ok'; chosen: string; rejected: string } | { status: Exclude<TextsStatus, 'ok'> | 'too-close' };

type TextsStatus = 'ok' | 'equal' | 'length-ratio' | 'near-equal';

/**
 * One pair of the answers to a question, which are sorted by score: the one with more votes chosen. Which of several is a draw, and one
 * that makes no pair gives way to the next. Where all do, the reason is that of the first one drawn.
 */
export function pairOfAnswers(answers: RankedAnswers['answers'], { margin, place, length_ratio }: WebPairSettings): WebPair {
  const ends = answers.map(({ score }) => answers.filter((other) => score - other.score >= margin).length);
  const count = ends.reduce((sum, end) => sum + end, 0);
  const first = Math.floor(place * count);
  let reason: Exclude<WebPair['status'], 'ok'> = 'too-close';
  for (let step = 0; step < count; step += 1) {
    const [better, worse] = pairAt((first + step) % count, ends);
    const [chosen, rejected] = [answers[better]?.text ?? '', answers[worse]?.text ?? ''];
    const status = statusOf(chosen, rejected, length_ratio);
    if (status === 'ok') return { status, chosen, rejected };
    if (step === 0) reason = status;
  }
  return { status: reason };
}

/** `ok`, or why two texts make no pair. Words come last, as they take longest to compare. */
function statusOf(chosen: string, rejected: string, ratio: LengthRatio): TextsStatus {
  if (withoutSpace(chosen) === withoutSpace(rejected)) return 'equal';
  if (!isWithin(chosen, rejected, ratio)) return 'length-ratio';
  return isNearEqual(chosen, rejected) ? 'near-equal' : 'ok';
}

/** The pair of this number: each answer in order with the last `ends` answers, which lie a margin below it. */
function pairAt(number: number, ends: readonly number[]): [chosen: number, rejected: number] {
  let left = number;
  for (const [chosen, end] of ends.entries()) {
    if (left < end) return [chosen, ends.length - end + left];
    left -= end;
  }
  throw new RangeError(`there is no pair ${number}`);
}
