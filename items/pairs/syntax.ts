import { createRequire } from 'node:module';
import type { Language as Grammar, Node, Parser as CodeParser, Query as GrammarQuery } from '@vscode/tree-sitter-wasm';

const require = createRequire(import.meta.url);

/** Names of the grammars, with the languages that each reads. */
const grammars: { readonly [grammar: string]: readonly string[] } = {
  bash: ['Shell'],
  'c-sharp': ['C#'],
  cpp: ['C', 'C++', 'Cuda'],
  css: ['CSS'],
  go: ['Go'],
  java: ['Java'],
  javascript: ['JavaScript'],
  php: ['PHP'],
  powershell: ['PowerShell'],
  python: ['Python', 'Jupyter Notebook'],
  ruby: ['Ruby'],
  rust: ['Rust'],
  tsx: ['TSX'],
  typescript: ['TypeScript'],
};

/** What is a comment, where it is not called one. A text of Python that is a statement of its own documents what is around it. */
const comments: { readonly [grammar: string]: string } = {
  java: '[(line_comment) (block_comment)] @comment',
  python: '(comment) @comment (expression_statement . (string) @comment .)',
  rust: '[(line_comment) (block_comment)] @comment',
};

/** Longer texts are not read: a parser may need seconds for one that is no code. */
const longest = 100_000;

/** What the grammar of a language says of a text. */
export interface CodeSyntax {
  /** Whether it follows the grammar from its first to its last line. */
  parses: boolean;
  /** The text without its comments. */
  bare: string;
}

/** Reads a text by the grammar of a language; null for a language without one, and for a text of more than 100,000 characters. */
export type SyntaxReader = (code: string, language: string) => CodeSyntax | null;

const loaded = new Map<string, Promise<LoadedGrammar>>();

interface LoadedGrammar {
  parser: CodeParser;
  comments: GrammarQuery;
}

/** A reader for these languages; each grammar is loaded once. */
export async function syntaxReader(languages: Iterable<string>): Promise<SyntaxReader> {
  const read = new Map<string, LoadedGrammar>();
  for (const language of new Set(languages)) {
    const grammar = Object.keys(grammars).find((name) => grammars[name]?.includes(language));
    if (grammar === undefined) continue;
    if (!loaded.has(grammar)) loaded.set(grammar, loadGrammar(grammar));
    read.set(language, await loaded.get(grammar)!);
  }
  return (code, language) => {
    const grammar = read.get(language);
    return grammar && code.length <= longest ? syntaxOf(code, grammar) : null;
  };
}

async function loadGrammar(name: string): Promise<LoadedGrammar> {
  const { Language, Parser, Query } = require('@vscode/tree-sitter-wasm') as typeof import('@vscode/tree-sitter-wasm');
  await Parser.init();
  const grammar: Grammar = await Language.load(require.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${name}.wasm`));
  const parser = new Parser();
  parser.setLanguage(grammar);
  return { parser, comments: new Query(grammar, comments[name] ?? '(comment) @comment') };
}

function syntaxOf(code: string, { parser, comments: query }: LoadedGrammar): CodeSyntax {
  const tree = parser.parse(code);
  if (!tree) throw new Error('the parser has no grammar');
  const nodes = query.captures(tree.rootNode).map(({ node }) => node);
  const syntax = { parses: !tree.rootNode.hasError, bare: withoutNodes(code, nodes) };
  tree.delete();
  return syntax;
}

/** A text without what these nodes hold. */
function withoutNodes(code: string, nodes: readonly Node[]): string {
  let at = 0;
  let rest = '';
  for (const { startIndex, endIndex } of nodes) {
    rest += code.slice(at, Math.max(at, startIndex));
    at = Math.max(at, endIndex);
  }
  return rest + code.slice(at);
}
