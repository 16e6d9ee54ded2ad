import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { bareRepository, mit } from '../adapters/sources/git-rig.ts';
import { modules } from './pipelines.ts';
import { fastEndpoint, home, projectIn, tinyWeights } from './rig.ts';
import type { Project } from './rig.ts';
import { runScript, watched } from './shell.ts';

/** A block of commands of the page, what they printed, and the output that the page shows below it. */
interface Section {
  commands: { command: string; exitCode: number }[];
  output: string;
  shown: string[];
}

const page = await readFile(join(home, 'docs', 'tutorial.md'), 'utf8');
let folder: string;
let user: Project;
let sections: Section[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-tutorial-'));
  user = await projectIn(join(folder, 'my-study'), modules(12, 'project'));
  using strong = await fastEndpoint();
  using weak = await fastEndpoint({ key: 'my-secret-key' });
  const text = page
    .replaceAll('http://127.0.0.1:8000/v1', strong.url)
    .replaceAll('https://models.example.com/v1', weak.url)
    .replaceAll('/home/me/my-project', 'project')
    .replaceAll('/home/me/repositories', await repositories())
    .replaceAll('/home/me/models/my-base', await tinyWeights('qwen2'))
    .replace('sources:\n', `weights:\n  smollm2-135m-instruct: {path: "${await tinyWeights()}"}\nsources:\n`);
  sections = await follow(text);
}, 900_000);

afterAll(async () => {
  await user[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('the tutorial', () => {
  it('has commands that succeed, apart from the two that it says fail', () => {
    const commands = sections.flatMap((section) => section.commands);
    expect(commands.filter(({ command, exitCode }) => exitCode !== (command.includes('# fails') ? 1 : 0))).toEqual([]);
    expect(commands.filter(({ command }) => command.includes('# fails'))).toHaveLength(2);
  });

  it('shows what the commands print', () => {
    const missing = sections.flatMap(({ output, shown }) =>
      shown.filter((line) => !patternOf(line).test(output)).map((line) => `${line} in:\n${output}`),
    );
    expect(missing).toEqual([]);
    expect(sections.flatMap(({ shown }) => shown)).toHaveLength(15);
  });
});

/** Two clones, of which one says under which licence it is. */
async function repositories(): Promise<string> {
  const clones = join(user.folder, 'repositories');
  await mkdir(clones);
  await bareRepository(clones, 'tool.git', { LICENSE: mit, ...programs(['stack', 'queue', 'graph', 'index', 'token', 'scale']) });
  await bareRepository(clones, 'plain.git', programs(['colour', 'shape']));
  return clones;
}

/** Programs that share no more than their form. */
function programs(names: string[]): { [path: string]: string } {
  const functionsOf = (name: string) => [1, 2, 3, 4].map((at) => `def ${name}_${at}(${name}):\n    return ${name} * ${at}\n`);
  return Object.fromEntries(names.map((name) => [`${name}.py`, functionsOf(name).join('\n')]));
}

/** Does what the page says, in one shell: saves the files and runs the commands. */
async function follow(text: string): Promise<Section[]> {
  const blocks = [...text.matchAll(/```(yaml|markdown|json|sh|text)\n([^`]*)```/g)];
  const saved = new Map<string, string>();
  const script = blocks.flatMap(({ 1: language = '', 2: block = '', index }) => {
    if (['yaml', 'markdown', 'json'].includes(language)) {
      const [, how, file = ''] = /\b(as|to)\s`([\w./-]+)`/.exec(text.slice(0, index).trimEnd().split('\n\n').at(-1) ?? '') ?? [];
      saved.set(file, how === 'to' ? withMore(saved.get(file) ?? '', block) : block);
      return [`mkdir -p "$(dirname ${file})"; cat > ${file} <<'END'\n${saved.get(file)}END`];
    }
    return language === 'sh' ? linesOf(block).map(watched) : [];
  });
  const printed = await runScript(script, { folder, temporary: join(user.folder, 'tmp') });
  const sections: Section[] = [];
  for (const [, language, block = ''] of blocks) {
    if (language === 'sh') sections.push(sectionOf(linesOf(block), printed.splice(0, linesOf(block).length)));
    if (language === 'text') sections.at(-1)?.shown.push(...linesOf(block));
  }
  return sections;
}

/** A configuration with what is added to it, key by key. */
function withMore(before: string, more: string): string {
  const [all, added] = [before, more].map((text): Settings => parse(text)) as [Settings, Settings];
  for (const [key, entries] of Object.entries(added)) all[key] = { ...all[key], ...entries };
  return stringify(all);
}

interface Settings {
  [key: string]: { [name: string]: unknown };
}

function sectionOf(lines: string[], printed: { output: string; exitCode: number }[]): Section {
  const commands = lines.map((command, index) => ({ command, exitCode: printed[index]?.exitCode ?? -1 }));
  return { commands, output: printed.map(({ output }) => output).join('\n'), shown: [] };
}

function linesOf(block: string): string[] {
  return block.trim().split('\n');
}

/** A shown line as a pattern: `…` stands for any text, and a space for any number of spaces. */
function patternOf(line: string): RegExp {
  const literal = line.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(literal.replaceAll(/\s*…\s*/g, '.*').replaceAll(/ +/g, ' +'));
}
