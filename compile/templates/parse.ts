import type { PromptTemplate } from '../../plan/index.ts';
import { templateHeadSchema, writtenHeadSchema, type KindDefinition } from '../../schemas/index.ts';
import { checkTree, fillDefaults } from '../check/validate.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import { decode } from '../read/decode.ts';
import { parse } from '../read/parse.ts';
import { toJson, type Tree } from '../read/tree.ts';
import { problemsOfBody, problemsOfHead } from './variables.ts';

/** A template, or null if it has errors, with the text of its file. */
interface ParsedTemplate {
  text: string;
  template: PromptTemplate | null;
  problems: Problem[];
}

/** Reads the file of a prompt template for a kind of step; all mistakes are reported, at their places in the file. */
export function parseTemplate(source: Uint8Array, { file, kind }: { file: string; kind: KindDefinition }): ParsedTemplate {
  const { text, problem } = decode(source);
  if (problem) return { text, template: null, problems: [inFile(problem, file)] };
  const { head, start } = headOf(text);
  const { tree, problems } = checkHead(head);
  const body = { text: text.slice(start), at: start };
  const own = [...problems, ...problemsOfHead(tree, { body, file, kind }), ...problemsOfBody(body, kind)];
  if (own.length > 0) return { text, template: null, problems: own.map((each) => inFile(each, file)) };
  const { value, problems: rest } = fillDefaults(templateHeadSchema, toJson(tree), { tree, path: [] });
  const template = value && { file, body: body.text.replaceAll('\r\n', '\n'), ...value };
  return { text, template, problems: rest.map((each) => inFile(each, file)) };
}

/** The head of a template with spaces in place of its first line, so that places are those of the file, and where the body starts. */
function headOf(text: string): { head: string; start: number } {
  const [whole = '', first = '', head = ''] = /^(---[ \t]*\r?\n)((?:[^\n]*\n)*?)---[ \t]*(?:\r?\n|$)/.exec(text) ?? [];
  return { head: first.replaceAll(/[^\r\n]/g, ' ') + head, start: whole.length };
}

function checkHead(head: string): { tree: Tree; problems: Problem[] } {
  const none: Tree = { kind: 'map', at: { start: 0, end: 0 }, entries: new Map() };
  if (head.trim() === '') return { tree: none, problems: [] };
  const { tree, problems } = parse(head);
  if (!tree) return { tree: none, problems };
  const checked = checkTree(tree, writtenHeadSchema);
  return { tree: checked.tree, problems: [...problems, ...checked.problems] };
}

/** A problem with all its places in a file that is not the main one. */
function inFile(problem: Problem, file: string): Problem {
  const placed = (at: Place): Place => ({ ...at, file });
  const related = problem.related?.map((each) => ({ ...each, at: placed(each.at) }));
  return { ...problem, at: placed(problem.at ?? { start: 0, end: 1 }), ...(related && { related }) };
}
