import { writtenPost, type PostOrReason, type WebPost } from './post.ts';

interface RedditData {
  readonly [key: string]: unknown;
}

/** What the site shows in place of a text whose author or moderator took it back. */
const removed = new Set(['[removed]', '[deleted]']);

/**
 * The posts of a row: of a listing, of which the site's API sends two for a thread (the post and its comments), or of one line
 * of a flat dump, a submission or a comment. Only comments on the post itself are answers.
 */
export function redditPosts(row: unknown): PostOrReason[] {
  if (!isData(row)) return [{ reason: 'no-question-or-answer' }];
  return row['kind'] === 'Listing' ? childrenOf(row).flatMap(postsOfThing) : [postOfData(row)];
}

function postsOfThing(thing: unknown): PostOrReason[] {
  if (!isData(thing) || !isData(thing['data'])) return [{ reason: 'no-question-or-answer' }];
  const { kind, data } = thing;
  if (kind === 'more') return [{ reason: 'not-loaded' }];
  const replies = childrenOf(data['replies']).flatMap(postsOfThing);
  return [postOfData(data), ...replies];
}

function postOfData(data: RedditData): PostOrReason {
  if (typeof data['link_id'] === 'string') return commentOf(data, data['link_id']);
  if (typeof data['title'] !== 'string') return { reason: 'no-question-or-answer' };
  const text = textOf(data['selftext']);
  if (removed.has(text)) return { reason: 'removed' };
  return writtenPost({ ...commonOf(data), thread: idOf(data), answer: null, text: `${textOf(data['title'])}\n\n${text}` });
}

function commentOf(data: RedditData, link: string): PostOrReason {
  if (data['stickied'] === true) return { reason: 'stickied' };
  if (data['parent_id'] !== link) return { reason: 'reply' };
  const text = textOf(data['body']);
  if (removed.has(text)) return { reason: 'removed' };
  return writtenPost({ ...commonOf(data), thread: link.replace(/^t3_/, ''), answer: idOf(data), text });
}

function commonOf({ score, score_hidden: hidden }: RedditData): Pick<WebPost, 'score' | 'licence'> {
  return { score: typeof score === 'number' && hidden !== true ? score : Number.NaN, licence: '' };
}

function idOf({ id }: RedditData): string {
  return typeof id === 'string' ? id : '';
}

/** The API and the dumps write `<`, `>` and `&` as entities, unless they were asked for raw text: that has bare ones. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  const isRaw = /[<>]|&(?!lt;|gt;|amp;)/.test(value);
  return isRaw ? value : value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function childrenOf(listing: unknown): unknown[] {
  const data = isData(listing) ? listing['data'] : null;
  const children = isData(data) ? data['children'] : null;
  return Array.isArray(children) ? children : [];
}

function isData(value: unknown): value is RedditData {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
