import { convert, type HtmlToTextOptions } from 'html-to-text';

/** Elements inside one another that are read. The library goes down by recursion, and tags that are never closed would end its stack. */
const maxDepth = 500;

/** The text of a page, its lines as they are; what lies deeper than 500 elements is left out. */
export function textOfHtml(html: string, options: HtmlToTextOptions): string {
  return convert(html, { wordwrap: false, limits: { maxDepth, ellipsis: '' }, ...options });
}
