import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { builtInPath } from '../../compile/index.ts';
import { toyFiles, type ToySizes } from '../../items/index.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { gitEnvironment } from './git-backend.ts';

/** Goes up when something else is made. */
const version = 2;

/** Names of the repositories, and how many files each has. */
const repositories = { names: ['toy/alpha', 'toy/beta', 'toy/gamma'], files: 12 } as const;

/** Characters of a file of the repositories. */
const characters = { least: 250, most: 900 } as const;

const sizes: ToySizes = { train: 60, test: 12, subset: 1 };

/** Makes what paper-toy reads, unless it is there, and returns its folder. `say` hears that it is made. */
export async function preparePaperToy(home: string, say: (line: string) => void): Promise<string> {
  const folder = join(home, '.setup', 'paper-toy');
  const made = await readFile(join(folder, 'version'), 'utf8').catch(() => '');
  if (made === `${version}`) return folder;
  say('making data sets, repositories and weights for paper-toy …');
  const unfinished = `${folder}.part`;
  await rm(unfinished, { recursive: true, force: true });
  await makePaperToy(unfinished, home, sizes);
  await writeFile(join(unfinished, 'version'), `${version}`);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return folder;
}

/** Data sets in their published formats, bare git repositories and random weights, in folders of their own. */
export async function makePaperToy(folder: string, home: string, counts: ToySizes): Promise<void> {
  await makeData(join(folder, 'data'), counts);
  await makeRepositories(home, join(folder, 'repositories'));
  await makeWeights(home, join(folder, 'weights'));
}

async function makeData(folder: string, counts: ToySizes): Promise<void> {
  for (const [path, text] of Object.entries(toyFiles(counts))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Bare repositories with modules of Python's own library, which are real code and on every machine. */
async function makeRepositories(home: string, folder: string): Promise<void> {
  const modules = await smallModules(builtInPath('python-stdlib', home));
  for (const [index, name] of repositories.names.entries()) {
    const path = join(folder, `${name}.git`);
    const files = modules.slice(index * repositories.files, (index + 1) * repositories.files);
    const parts = files.flatMap(({ file, text }) => [`M 100644 inline ${JSON.stringify(file)}\ndata ${Buffer.byteLength(text)}\n`, text, '\n']);
    const commit = 'commit refs/heads/main\ncommitter toy <toy@toy.invalid> 1700000000 +0000\ndata 5\nFiles';
    await git(['init', '--quiet', '--bare', '--initial-branch=main', path]);
    await git(['-C', path, 'fast-import', '--quiet'], [commit, '\n', ...parts, 'done\n'].join(''));
  }
}

async function smallModules(library: string): Promise<{ file: string; text: string }[]> {
  const wanted = repositories.names.length * repositories.files;
  const found: { file: string; text: string }[] = [];
  const names = (await readdir(library, { recursive: true })).filter((name) => name.endsWith('.py') && !name.includes('site-packages'));
  for (const file of names.sort()) {
    const { size } = await stat(join(library, file));
    if (size < characters.least || size > characters.most) continue;
    found.push({ file, text: await readFile(join(library, file), 'utf8') });
    if (found.length === wanted) return found;
  }
  return found;
}

async function git(args: string[], input = ''): Promise<void> {
  await execa('git', args, { input, env: gitEnvironment }).catch((error: Error) => {
    const reason = 'code' in error && error.code === 'ENOENT' ? 'git was not found. Install it' : error.message;
    throw new CommandFailure(`the repositories of paper-toy cannot be made: ${reason}`, exit.failed);
  });
}

async function makeWeights(home: string, folder: string): Promise<void> {
  const tokenizer = builtInPath('smollm2-135m-instruct', home);
  if (!existsSync(tokenizer)) throw new CommandFailure(`there is no tokenizer in ${tokenizer}. Run ./codepmp once to set up`, exit.failed);
  const python = join(home, '.setup', 'python', 'bin', 'python');
  await mkdir(folder, { recursive: true });
  await execa(python, [join(home, 'setup', 'toy-weights.py'), tokenizer, folder], { env: { HF_HUB_OFFLINE: '1' } });
}
