import { describe, expect, it } from 'vitest';
import { redditPosts, stackExchangePost } from '../../../items/index.ts';

describe('a row of a StackExchange dump', () => {
  const question = { Id: '7', PostTypeId: '1', Score: '3', Title: 'How?', Body: '<p>Like <code>x &lt; 3</code>?</p>', ContentLicense: 'CC BY-SA 4.0' };

  it('is a question by its title and its text', () => {
    expect(stackExchangePost(question)).toEqual({
      thread: '7',
      answer: null,
      text: 'How?\n\nLike x < 3?',
      score: 3,
      licence: 'CC BY-SA 4.0',
    });
  });

  it('is an answer to its parent, with a negative score as it is', () => {
    const row = { Id: '9', PostTypeId: '2', ParentId: '7', Score: '-2', Body: '<p>No.</p>' };
    expect(stackExchangePost(row)).toEqual({ thread: '7', answer: '9', text: 'No.', score: -2, licence: '' });
  });

  it('has its code between fences, links by their words and no pictures', () => {
    const Body = '<p>See <a href="https://a.example/b">this</a>:</p>\n<pre class="lang-py"><code>if a &lt; b:\n    f()\n</code></pre><img src="x.png" alt="x"><h2>End</h2>';
    expect(stackExchangePost({ ...question, Title: 'T', Body })).toMatchObject({ text: 'T\n\nSee this:\n\n```\nif a < b:\n    f()\n```\n\nEnd' });
  });

  it('is read as far as 500 elements lie inside one another, however many tags are never closed', () => {
    const Body = `<p>Seen</p>${'<div><b>'.repeat(15_000)}deep`;
    expect(stackExchangePost({ ...question, Title: 'T', Body })).toMatchObject({ text: 'T\n\nSeen' });
  });

  it.each([
    ['a page about a tag', { ...question, PostTypeId: '4' }, 'no-question-or-answer'],
    ['an answer without a question', { Id: '9', PostTypeId: '2', Score: '1', Body: 'a' }, 'no-parent'],
    ['a text without words', { Id: '9', PostTypeId: '2', ParentId: '7', Score: '1', Body: '<p> </p>' }, 'empty'],
    ['no score', { ...question, Score: '' }, 'no-score'],
  ])('is left out where it is %s', (_, row, reason) => {
    expect(stackExchangePost(row)).toEqual({ reason });
  });
});

describe('a row of Reddit', () => {
  const comment = { id: 'c1', link_id: 't3_p1', parent_id: 't3_p1', body: 'a &lt; b &amp;&amp; c', score: 5 };
  const submission = { id: 'p1', title: 'Why?', selftext: 'Tell me.', score: 9 };

  it('is a submission or a comment of a flat dump, its entities read', () => {
    expect(redditPosts(submission)).toEqual([{ thread: 'p1', answer: null, text: 'Why?\n\nTell me.', score: 9, licence: '' }]);
    expect(redditPosts(comment)).toEqual([{ thread: 'p1', answer: 'c1', text: 'a < b && c', score: 5, licence: '' }]);
  });

  it('keeps entities that its author wrote in raw text', () => {
    expect(redditPosts({ ...comment, body: 'write &lt; for <' })).toMatchObject([{ text: 'write &lt; for <' }]);
  });

  it('is a listing of a thread; replies to comments and comments that were not loaded are no answers', () => {
    const reply = { kind: 't1', data: { ...comment, id: 'c2', parent_id: 't1_c1', body: 'Thanks.' } };
    const data = { ...comment, replies: { kind: 'Listing', data: { children: [reply] } } };
    const children = [{ kind: 't1', data }, { kind: 'more', data: { children: ['c3', 'c4'] } }];
    expect(redditPosts({ kind: 'Listing', data: { children } })).toMatchObject([{ answer: 'c1' }, { reason: 'reply' }, { reason: 'not-loaded' }]);
  });

  it.each([
    ['pinned by a moderator', { ...comment, stickied: true }, 'stickied'],
    ['removed', { ...comment, body: '[removed]' }, 'removed'],
    ['deleted', { ...submission, selftext: '[deleted]' }, 'removed'],
    ['of a hidden score', { ...comment, score_hidden: true }, 'no-score'],
    ['something else', { id: 'x' }, 'no-question-or-answer'],
    ['no JSON', undefined, 'no-question-or-answer'],
  ])('is left out where it is %s', (_, row, reason) => {
    expect(redditPosts(row)).toEqual([{ reason }]);
  });
});
