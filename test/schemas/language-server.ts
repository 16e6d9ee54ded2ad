import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';

/** An offer of the server, as an editor applies it. */
export interface CompletionItem {
  label: string;
  /** Text or Markdown. */
  documentation?: string | { value: string };
  insertText?: string;
  textEdit?: { range: { start: Position; end: Position }; newText: string };
}

/** A place, 0-based. */
export interface Position {
  line: number;
  character: number;
}

export interface EditorProblem {
  message: string;
  range: { start: Position; end: Position };
}

/** The YAML language server of editors, without a network, looking at one file at a time. */
export interface LanguageServer {
  /** What is offered at `at` (an offset) in the text. */
  complete: (file: string, text: string, at: number) => Promise<CompletionItem[]>;
  /** The Markdown shown over the character at `at`. */
  hover: (file: string, text: string, at: number) => Promise<string>;
  /** What is underlined. */
  problems: (file: string, text: string) => Promise<EditorProblem[]>;
  stop: () => Promise<void>;
}

const program = fileURLToPath(new URL('../../node_modules/yaml-language-server/bin/yaml-language-server', import.meta.url));

/** Starts the server and speaks with it over its standard input and output. Files need not exist; `file` is an absolute path. */
export async function startLanguageServer(): Promise<LanguageServer> {
  const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  await initialize(connection);
  const show = shower(connection);
  const heard = listenForProblems(connection);
  let files = 0;
  return {
    complete: async (file, text, at) => {
      const answer = await connection.sendRequest<{ items: CompletionItem[] }>('textDocument/completion', await show(file, text, at));
      return answer.items;
    },
    hover: async (file, text, at) => {
      const answer = await connection.sendRequest<{ contents: { value: string } } | null>('textDocument/hover', await show(file, text, at));
      return answer?.contents.value ?? '';
    },
    problems: async (file, text) => {
      const opened = join(dirname(file), `${++files}-${basename(file)}`);
      const underlined = heard(pathToFileURL(opened).href);
      await show(opened, text, 0);
      return underlined;
    },
    stop: async () => {
      await connection.sendRequest('shutdown');
      const ended = once(child, 'exit');
      await connection.sendNotification('exit');
      await ended;
      connection.dispose();
    },
  };
}

async function initialize(connection: MessageConnection): Promise<void> {
  const settings: { [section: string]: object } = { yaml: { schemaStore: { enable: false }, kubernetesCRDStore: { enable: false } } };
  const configured = new Promise<void>((resolve) => {
    connection.onRequest('workspace/configuration', ({ items }: { items: { section: string }[] }) => {
      if (items.length > 1) setImmediate(resolve);
      return items.map(({ section }) => settings[section] ?? {});
    });
  });
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      workspace: { configuration: true },
      textDocument: { completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } } },
    },
  });
  await connection.sendNotification('initialized', {});
  await configured;
}

/** Opens or changes a file, and makes the parameters of a question about a place in it. */
function shower(connection: MessageConnection) {
  const versions = new Map<string, number>();
  return async (file: string, text: string, at: number) => {
    const uri = pathToFileURL(file).href;
    const version = (versions.get(uri) ?? 0) + 1;
    versions.set(uri, version);
    if (version === 1)
      await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version, text } });
    else
      await connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] });
    return { textDocument: { uri }, position: positionAt(text, at) };
  };
}

/**
 * What the server says of a file, the first time it says something. Each question opens a file of a new name beside the one
 * that is meant, so that no answer to an older text can be taken for it.
 */
function listenForProblems(connection: MessageConnection): (uri: string) => Promise<EditorProblem[]> {
  const waiting = new Map<string, (found: EditorProblem[]) => void>();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }: { uri: string; diagnostics: EditorProblem[] }) => {
    waiting.get(uri)?.(diagnostics);
    waiting.delete(uri);
  });
  return (uri) => new Promise((resolve) => waiting.set(uri, resolve));
}

function positionAt(text: string, at: number): Position {
  const before = text.slice(0, at).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
