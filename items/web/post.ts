/** A question or an answer that people voted on. */
export interface WebPost {
  /** Id of the question. */
  thread: string;
  /** Id of the answer; null for the question itself. */
  answer: string | null;
  /** Of a question its title and its text. */
  text: string;
  /** Votes for it less votes against it. */
  score: number;
  /** Empty where the dump names none. */
  licence: string;
}

/** Why a post of a dump is neither a question nor an answer that can be used. */
export type PostReason =
  | 'no-question-or-answer'
  | 'no-score'
  | 'empty'
  | 'removed'
  | 'stickied'
  | 'reply'
  | 'not-loaded'
  | 'no-parent';

export type PostOrReason = WebPost | { reason: PostReason };

export function isPost(found: PostOrReason): found is WebPost {
  return !('reason' in found);
}

/** A post whose text is not blank. */
export function writtenPost(post: WebPost): PostOrReason {
  const text = post.text.trim();
  if (text === '') return { reason: 'empty' };
  return Number.isFinite(post.score) ? { ...post, text } : { reason: 'no-score' };
}
