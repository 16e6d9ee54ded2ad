import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kindNames } from '../../schemas/index.ts';
import { carrying, decidingOf, keptScores } from './deciding.ts';
import { declarations } from './declarations.ts';

const home = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Text of a file of the repository. */
export function readSource(path: string): string {
  return readFileSync(join(home, path), 'utf8');
}

/** Kind → file → digest of what the file adds to the kind's result. */
export interface KindFiles {
  [kind: string]: { [file: string]: string };
}

/** The files that decide the result of every kind, and kept scores, as `read` tells them. */
export function kindFiles(read: (path: string) => string = readSource): KindFiles {
  const texts = new Map<string, string>();
  const once = (path: string): string => {
    const text = texts.get(path) ?? read(path);
    texts.set(path, text);
    return text;
  };
  const python = pythonSources(once);
  return Object.fromEntries([...kindNames, keptScores].map((kind) => [kind, filesOf(kind, { read: once, python })]));
}

type Python = { [path: string]: { text: string; imports: string[] } };

function filesOf(kind: string, { read, python }: { read: (path: string) => string; python: Python }): { [file: string]: string } {
  const texts = new Map<string, Map<string, string>>();
  const add = (file: string, name: string, text: string) => texts.set(file, (texts.get(file) ?? new Map()).set(name, text));
  const follow = (path: string): void => {
    const source = python[path];
    if (!source) return addPackage(path.split(/[/.]/)[1]?.replaceAll('_', '-') ?? '');
    if (carrying.includes(path) || texts.has(path)) return;
    add(path, '', source.text);
    source.imports.forEach(follow);
  };
  const addPackage = (name: string): void => {
    const versions = pinned(read(requirements), name);
    if (versions !== '') add(requirements, name, versions);
  };
  const addLocked = (name: string): void => {
    if (pinned(read(requirements), name) === '') throw new Error(`${requirements} has no ${name}`);
    addPackage(name);
  };
  for (const entry of decidingOf(kind)) {
    if (entry.endsWith('.py')) follow(entry);
    else if (entry.startsWith(`${requirements}#`)) addLocked(entry.slice(requirements.length + 1));
    else if (entry.startsWith('templates/')) add(entry, '', read(entry));
    else
      for (const [file, each] of declarations({ entry, read, ends: carrying }))
        for (const [name, text] of each) {
          add(file, name, text);
          scriptsIn(text, python).forEach(follow);
        }
  }
  const files = [...texts].map(([file, each]) => [file, digestOf(JSON.stringify([...each].sort(([a], [b]) => (a < b ? -1 : 1))))] as const);
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Scripts of the trainer that code names, as it stands in the syntax tree. */
function scriptsIn(syntax: string, python: Python): string[] {
  return [...syntax.matchAll(/"value":"(\w+\.py)"/g)].map(([, name]) => `trainer/${name}`).filter((path) => path in python);
}

const requirements = 'setup/requirements.txt';

/** Lines of pinned versions by the text of their lock file. */
const pins = new Map<string, string[]>();

/** The versions of a package that the lock file has, for each Python it tells apart; none: it is no package of ours. */
function pinned(text: string, name: string): string {
  const lines = pins.get(text) ?? text.split('\n').filter((line) => line.includes('=='));
  pins.set(text, lines);
  return lines.filter((line) => line.startsWith(`${name}==`)).join('\n');
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** What Python said of the trainer, by the trainer's text. */
const told = new Map<string, Python>();

/** The trainer without its tests, and the server of models. */
function pythonSources(read: (path: string) => string): Python {
  const scripts = globSync(['trainer/*.py', 'trainer/codepmp_trainer/**/*.py'], { cwd: home });
  const input = JSON.stringify(Object.fromEntries([...scripts, 'adapters/endpoints/model-server.py'].map((path) => [path, read(path)])));
  const program = join(home, '.setup', 'python', 'bin', 'python');
  const script = join(home, 'test', 'kind-versions', 'python.py');
  const known = told.get(input) ?? (JSON.parse(execFileSync(program, [script], { input, encoding: 'utf8', maxBuffer: 2 ** 28 })) as Python);
  told.set(input, known);
  return known;
}
