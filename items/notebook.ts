import { languageOfTag } from './languages.ts';
import { withoutMagics } from './notebook-magics.ts';

/** A notebook as a script: its code, and its words as comments. */
interface NotebookScript {
  text: string;
  language: string;
}

interface NotebookCell {
  cell_type?: unknown;
  source?: unknown;
  /** Of code, before version 4 of the format. */
  input?: unknown;
}

/**
 * The cells of a Jupyter notebook in order, without outputs, pictures and magics. Its language is
 * that of its kernel, Python where it names none. Null for what is no notebook.
 */
export function notebookScript(json: string): NotebookScript | null {
  const notebook = parse(json);
  const cells = cellsOf(notebook);
  if (!cells) return null;
  const language = languageIn(notebook);
  const mark = commentMarks[language] ?? '//';
  const parts = cells.map((cell) =>
    cell.cell_type === 'code' ? codeOf(cell, language) : cell.cell_type === 'markdown' ? commentOf(cell, mark) : '',
  );
  return { text: parts.filter((part) => part !== '').map((part) => `${part}\n`).join('\n'), language };
}

const commentMarks: { readonly [language: string]: string } = {
  Python: '#',
  R: '#',
  Julia: '#',
  Ruby: '#',
  Shell: '#',
  PowerShell: '#',
  Haskell: '--',
  SQL: '--',
  Lua: '--',
  Clojure: ';',
  MATLAB: '%',
};

interface Notebook {
  cells?: unknown;
  worksheets?: { cells?: unknown }[];
  metadata?: { kernelspec?: { language?: unknown }; language_info?: { name?: unknown } };
}

function parse(json: string): Notebook | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function cellsOf(notebook: Notebook | null): NotebookCell[] | null {
  const cells = notebook?.cells ?? notebook?.worksheets?.[0]?.cells;
  return Array.isArray(cells) ? (cells as unknown[]).filter((cell) => typeof cell === 'object' && cell !== null) : null;
}

function languageIn(notebook: Notebook | null): string {
  const { kernelspec, language_info } = notebook?.metadata ?? {};
  const name = language_info?.name ?? kernelspec?.language;
  return typeof name === 'string' ? languageOfTag(name) ?? name : 'Python';
}

/** Lines as one text, or a list of lines with their ends. */
function textOf(source: unknown): string {
  return (Array.isArray(source) ? source.join('') : typeof source === 'string' ? source : '').replaceAll(/\r\n?/g, '\n').trim();
}

/** Magics are IPython's: for other kernels such lines are code. */
function codeOf({ source, input }: NotebookCell, language: string): string {
  const code = textOf(source ?? input);
  return language === 'Python' ? withoutMagics(code) : code;
}

/** Pictures inside the text itself are long and say nothing. */
function commentOf({ source }: NotebookCell, mark: string): string {
  const words = textOf(source).replaceAll(/!\[[^\]]*\]\((?:data:|attachment:)[^)]*\)|<img[^>]*src=["']data:[^>]*>/g, '').trim();
  return words === '' ? '' : words.split('\n').map((line) => `${mark} ${line}`.trimEnd()).join('\n');
}
