import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createContext, Script } from 'node:vm';

/** What a run of pdfTeX left. */
export interface TypesetResult {
  /** What it printed, its warnings among it. */
  log: string;
  /** Null where it made none. */
  pdf: Uint8Array | null;
}

/** A message that the engine answers with. */
interface EngineMessage {
  command: string;
  contents?: string;
  msg_id?: number;
  result?: string;
}

const home = dirname(createRequire(import.meta.url).resolve('texlive/package.json'));

/**
 * Sets a document with the pdfTeX of the npm package `texlive`: TeX Live 2010 with LaTeX of 2015, compiled to JavaScript. It
 * has what every LaTeX has (graphics, tools, inputenc) and no booktabs. `files` lie beside the document. About 3 s.
 */
export function typeset(document: string, files: { [name: string]: Uint8Array | string } = {}): TypesetResult {
  const printed: string[] = [];
  const answers = new Map<number, EngineMessage>();
  const self: EngineScope = {
    postMessage(text) {
      const message = JSON.parse(text) as EngineMessage;
      if (message.command === 'stdout' || message.command === 'stderr') printed.push(message.contents ?? '');
      else if (message.msg_id !== undefined) answers.set(message.msg_id, message);
    },
  };
  const location = { href: 'file:///engine', pathname: '/engine' };
  const engine = createContext({ self, location, XMLHttpRequest: FileRequest, performance, importScripts: () => {} });
  new Script(readFileSync(join(home, 'pdftex-worker.js'), 'utf8')).runInContext(engine);
  let sent = 0;
  const send = (command: string, ...parts: unknown[]): EngineMessage | undefined => {
    sent += 1;
    self.onmessage?.({ data: JSON.stringify({ command, msg_id: sent, arguments: parts }) });
    return answers.get(sent);
  };
  send('FS_createLazyFilesFromList', '/', 'texlive.lst', '/texlive', true, true);
  for (const [name, content] of Object.entries({ ...files, 'input.tex': document }))
    send('FS_createDataFile', '/', name, Buffer.from(content).toString('latin1'), true, true);
  send('run', '-interaction=nonstopmode', '-output-format', 'pdf', '-fmt', 'latex', 'input.tex');
  const pdf = send('FS_readFile', 'input.pdf')?.result;
  return { log: printed.join('\n'), pdf: pdf ? Buffer.from(pdf, 'latin1') : null };
}

/** What the engine takes for its worker. */
interface EngineScope {
  postMessage: (text: string) => void;
  onmessage?: (event: { data: string }) => void;
}

/** The engine asks for the files of its package as a browser would; they are read from the disk. */
class FileRequest {
  status = 200;
  responseType = '';
  response: unknown = null;
  responseText = '';
  onload: (() => void) | null = null;
  #method = '';
  #path = '';

  open(method: string, address: string): void {
    this.#method = method;
    this.#path = join(home, address);
  }

  setRequestHeader(): void {}

  overrideMimeType(): void {}

  getResponseHeader(name: string): string | null {
    return /length/i.test(name) ? `${statSync(this.#path).size}` : null;
  }

  send(): void {
    if (this.#method !== 'HEAD') {
      const bytes = readFileSync(this.#path);
      this.response = this.responseType === 'text' ? bytes.toString('utf8') : new Uint8Array(bytes).buffer;
      this.responseText = bytes.toString('latin1');
    }
    this.onload?.();
  }
}
