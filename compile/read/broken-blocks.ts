import { tokensOf } from './limits.ts';
import type { Place } from '../diagnostics/source.ts';

/**
 * The block that a fault affects: from the line where the outermost bracket around it opens, with the lines that are indented
 * deeper. `withEqual`: also the lines of the same indentation, if the indentation is what is wrong.
 */
export function blockAround(text: string, { start: at, withEqual }: { start: number; withEqual: boolean }): Place {
  const start = lineStart(text, openBefore(text, at) ?? at);
  const depth = indentationOf(text, start);
  let end = lineEnd(text, at);
  while (end < text.length) {
    const next = lineEnd(text, end);
    const indentation = indentationOf(text, end);
    const isInside = indentation > depth || (withEqual && indentation === depth);
    if (!isInside && !/^\s*([\]}]+,?\s*)?$/.test(text.slice(end, next))) break;
    end = next;
  }
  return { start, end };
}

/** The text with a block blanked out; all other places keep their offsets. */
export function withoutBlock(text: string, { start, end }: Place): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, ' ') + text.slice(end);
}

/** The start of the outermost bracket that is open at an offset. */
function openBefore(text: string, at: number): number | undefined {
  const open: number[] = [];
  for (const token of tokensOf(text)) {
    if (token.at.start >= at) break;
    if (token.type === 'flow-map-start' || token.type === 'flow-seq-start') open.push(token.at.start);
    if (token.type === 'flow-map-end' || token.type === 'flow-seq-end') open.pop();
  }
  return open[0];
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** The offset after the end of the line. */
function lineEnd(text: string, at: number): number {
  return text.indexOf('\n', at) + 1 || text.length;
}

function indentationOf(text: string, start: number): number {
  return text.slice(start, lineEnd(text, start)).search(/[^ ]/);
}
