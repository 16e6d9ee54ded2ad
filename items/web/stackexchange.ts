import type { FormatCallback, HtmlToTextOptions } from 'html-to-text';
import { textOfHtml } from '../html.ts';
import { writtenPost, type PostOrReason } from './post.ts';

/** Numbers of `PostTypeId`. Others are pages about tags, about moderators and about the site. */
const question = '1';
const answer = '2';

/** A row of `Posts.xml`, by the names of its attributes. */
export function stackExchangePost(row: { readonly [attribute: string]: string }): PostOrReason {
  const { Id: id = '', PostTypeId: type, ParentId: parent = '', Title: title = '', Body: body = '', Score: score = '' } = row;
  const common = { score: score === '' ? Number.NaN : Number(score), licence: row['ContentLicense'] ?? '' };
  if (type === question) return writtenPost({ ...common, thread: id, answer: null, text: `${title}\n\n${textOfPost(body)}` });
  if (type !== answer) return { reason: 'no-question-or-answer' };
  if (parent === '') return { reason: 'no-parent' };
  return writtenPost({ ...common, thread: parent, answer: id, text: textOfPost(body) });
}

/** Code is set between fences, as answers of language models have it. */
const fenced: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ isPre: true, leadingLineBreaks: 2, reservedLineLength: 0 });
  builder.addLiteral('```\n');
  walk(element.children, builder);
  builder.addLiteral('```');
  builder.closeBlock({ trailingLineBreaks: 2 });
};

const heading = { options: { uppercase: false, leadingLineBreaks: 2 } };

const htmlOptions: HtmlToTextOptions = {
  formatters: { fenced },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'pre', format: 'fenced' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, ...heading })),
  ],
};

/** Text without tags: code between fences, links by their words, no pictures. */
function textOfPost(html: string): string {
  return textOfHtml(html, htmlOptions);
}
