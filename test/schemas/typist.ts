import type { CompletionItem, LanguageServer } from './language-server.ts';

/**
 * A person who writes a file from top to bottom and knows names and numbers, but no key and no word of the language: all
 * else is taken from what the editor offers.
 */
export interface Typist {
  /** Labels of what is offered at the end of the text. */
  offers: () => Promise<string[]>;
  /** Takes an offer, and puts `words` over its numbered places; the other places keep what they show. */
  pick: (label: string, words?: Words) => Promise<void>;
  /** Enter, and so many spaces. */
  line: (indent: number) => void;
  text: () => string;
}

/** What comes into a place of a snippet: a name or number that is typed, or a word that is offered there. */
export interface Words {
  [place: number]: string | number | { offered: string };
}

const isNameOrNumber = /^(?:[a-z][a-z0-9_.-]*|[0-9.e-]+)$/;

/** Where a word that is offered goes. */
const hole = '\u0000';

export function createTypist(server: LanguageServer, file: string, start: string): Typist {
  let text = start;
  const offered = () => server.complete(file, text, text.length);
  return {
    offers: async () => (await offered()).map(({ label }) => label),
    pick: async (label, words = {}) => {
      const typed = Object.values(words).filter((word) => typeof word !== 'object');
      for (const word of typed) if (!isNameOrNumber.test(String(word))) throw new Error(`${word} is more than a name or a number`);
      const items = await offered();
      const item = items.find((each) => each.label === label);
      if (!item) throw new Error(`${label} is not offered, only ${items.map((each) => each.label).join(', ')}, after:\n${text}`);
      text = applied(text, item, words);
      for (const word of Object.values(words)) if (typeof word === 'object') text = await fillHole(server, { file, text, word: word.offered });
    },
    line: (indent) => {
      text = `${text.trimEnd()}\n${' '.repeat(indent)}`;
    },
    text: () => text,
  };
}

/** Takes `word` from what is offered at the first hole. */
async function fillHole(server: LanguageServer, { file, text, word }: { file: string; text: string; word: string }): Promise<string> {
  const at = text.indexOf(hole);
  const asked = text.slice(0, at) + text.slice(at + 1).replaceAll(hole, '');
  const items = await server.complete(file, asked, at);
  const item = items.find(({ label }) => label === word);
  if (!item) throw new Error(`${word} is not offered, only ${items.map(({ label }) => label).join(', ')}, in:\n${asked}`);
  return text.slice(0, at) + (item.insertText ?? item.label) + text.slice(at + 1);
}

/** As editors insert: the lines of a snippet after its first start below the beginning of the line it goes into. */
function applied(text: string, item: CompletionItem, words: Words): string {
  const lines = text.split('\n');
  const edit = item.textEdit ?? { range: { start: endOf(lines), end: endOf(lines) }, newText: item.insertText ?? item.label };
  const line = lines[edit.range.start.line] ?? '';
  const indent = /^ */.exec(line)?.[0] ?? '';
  const inserted = filled(edit.newText, words).replaceAll('\n', `\n${indent}`);
  return [...lines.slice(0, edit.range.start.line), line.slice(0, edit.range.start.character) + inserted].join('\n');
}

/** The text of a snippet with its places filled. A place that is filled has to be there. */
function filled(snippet: string, words: Words): string {
  const places = new Set<string>();
  const plain = snippet.replace(/(?<!\\)\$(?:(\d+)|\{(\d+)(?::((?:\\.|[^}])*)|\|([^|]*)\|)?\})/g, (_, bare, number, shown, choices) => {
    const place = String(bare ?? number);
    places.add(place);
    const first = typeof choices === 'string' ? choices.split(',')[0] : undefined;
    const word = words[Number(place)] ?? shown ?? first ?? '';
    return typeof word === 'object' ? hole : String(word);
  });
  const missing = Object.keys(words).filter((place) => !places.has(place));
  if (missing.length > 0) throw new Error(`there is no place ${missing.join()} in ${JSON.stringify(snippet)}`);
  return plain.replace(/\\([$}\\])/g, '$1');
}

function endOf(lines: string[]) {
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}
