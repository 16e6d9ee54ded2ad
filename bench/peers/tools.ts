import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { config } from '../../test/e2e/pipelines.ts';
import { home } from '../../test/e2e/rig.ts';

/** What every tool is asked to do. */
export interface Job {
  url: string;
  texts: string[];
  /** Requests in flight at once. */
  in_flight: number;
}

/** What a tool has made of a text. */
export interface Pair {
  description: string;
  chosen: string;
  rejected: string;
}

/** A tool that makes pairs in a folder. */
export interface Tool {
  name: string;
  /** Gets a folder ready for the job. */
  prepare(folder: string, job: Job): void;
  /** Run in the folder: again after a kill. */
  command: string[];
  /** The pairs that a finished command has left in the folder. */
  pairs(folder: string): Pair[];
}

/** What goes before the text and before the description, without a system message. */
const requests = { describe: 'Describe what this Python code is for.\n', write: 'Write Python code for this.\n' };

const packages: { [peer: string]: string } = {
  script: 'aiohttp',
  curator: 'bespokelabs-curator',
  'data-designer': 'data-designer',
  datatrove: 'datatrove',
  distilabel: 'distilabel',
};

/** Names of the tools that codepmp is compared with. */
export const peers = Object.keys(packages);

/** codepmp by its own command line. */
export function codepmp(): Tool {
  const entry = join(home, 'codepmp');
  return {
    name: 'codepmp',
    prepare(folder, { url, texts, in_flight }) {
      const settings = config({ endpoints: { fast: url }, concurrency: in_flight });
      const sources = 'sources:\n  texts: {path: texts.jsonl}\n  words: {path: words}';
      mkdirSync(join(folder, 'words'));
      writeFileSync(join(folder, 'words', 'describe.md'), `${requests.describe}{code}\n`);
      writeFileSync(join(folder, 'words', 'write.md'), `${requests.write}{description}\n`);
      writeFileSync(join(folder, 'codepmp.config.yaml'), settings.replace('sources:', sources));
      writeFileSync(join(folder, 'pairs.yaml'), pipeline);
      writeFileSync(join(folder, 'texts.jsonl'), texts.map((content) => `${JSON.stringify({ content })}\n`).join(''));
    },
    command: [entry, 'run', 'pairs.yaml', '--json'],
    pairs(folder) {
      execFileSync(entry, ['export', 'pairs', 'exported', '--format', 'jsonl'], { cwd: folder, stdio: 'pipe' });
      const file = readdirSync(join(folder, 'exported'), { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.jsonl'));
      const rows = jsonLines(join(folder, 'exported', file ?? '')) as { prompt: string; chosen: string; rejected: string }[];
      return rows.map(({ prompt, chosen, rejected }) => ({ description: prompt.split('\n')[1] ?? '', chosen, rejected }));
    },
  };
}

const pipeline = `codepmp: 1
name: pairs
models:
  strong: {endpoint: fast, temperature: 0.3, max_tokens: 256}
  weak: {endpoint: fast, temperature: 1, max_tokens: 256}
steps:
  code: {uses: source/jsonl, with: {source: texts, take: null}}
  prompts: {uses: summarize, with: {corpus: code, model: strong, templates: words, template: describe.md}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong, templates: words, template: write.md}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak, templates: words, template: write.md}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
`;

/** A peer by its script, in a Python environment of its own that the first run makes. */
export function peer(name: string): Tool {
  const locked = readFileSync(join(import.meta.dirname, 'requirements', `${name}.txt`), 'utf8');
  const version = new RegExp(`^${packages[name]}==(.+)$`, 'm').exec(locked)?.[1];
  const script = join(import.meta.dirname, `by_${name.replace('-', '_')}.py`);
  return {
    name: `${name === 'script' ? 'script, aiohttp' : name} ${version}`,
    prepare: (folder, job) => writeFileSync(join(folder, 'job.json'), JSON.stringify({ ...job, ...requests })),
    command: [join(environmentOf(name, locked), 'bin', 'python'), '-W', 'ignore', script, 'job.json'],
    pairs: (folder) => (existsSync(join(folder, 'pairs.jsonl')) ? (jsonLines(join(folder, 'pairs.jsonl')) as Pair[]) : []),
  };
}

function environmentOf(name: string, locked: string): string {
  const folder = join(home, '.setup', 'peers', name);
  const stamp = join(folder, 'requirements.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === locked) return folder;
  console.error(`installing ${name}`);
  rmSync(folder, { recursive: true, force: true });
  const uv = (...args: string[]) => execFileSync(join(home, '.setup', 'uv', 'bin', 'uv'), args, { stdio: 'inherit' });
  const requirements = join(import.meta.dirname, 'requirements', `${name}.txt`);
  uv('venv', '--quiet', '--no-project', '--python', join(home, '.setup', 'python', 'bin', 'python'), folder);
  uv('pip', 'install', '--quiet', '--no-deps', '--python', join(folder, 'bin', 'python'), '-r', requirements);
  cpSync(requirements, stamp);
  return folder;
}

function jsonLines(file: string): unknown[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
}
