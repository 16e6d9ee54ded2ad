import { textOfHtml } from '../html.ts';

const unseen = ['script', 'style', 'img'].map((selector) => ({ selector, format: 'skip' }));

/** Text of an HTML page as its reader sees it, without scripts, styles, pictures and addresses of links. */
export function visibleText(html: string): string {
  return textOfHtml(html, { selectors: [...unseen, { selector: 'a', options: { ignoreHref: true } }] });
}
