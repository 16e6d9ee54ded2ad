import { Ajv } from 'ajv';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile, loadConfig } from '../../../compile/index.ts';
import { configSchema } from '../../../schemas/index.ts';
import { compileText } from '../../compile/rig.ts';
import { startLanguageServer } from '../../schemas/language-server.ts';
import type { LanguageServer } from '../../schemas/language-server.ts';
import { checkout } from '../supervisor/services-rig.ts';
import { runCommand } from '../command.ts';

let folder: string;
let server: LanguageServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp init #1 ü '));
  server = await startLanguageServer();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const codepmp = (...args: string[]) => runCommand(folder, args);

it('finds the schema also from a folder with a space and other signs in its name', async () => {
  await codepmp('init', 'my study');
  for (const name of ['pipeline.yaml', 'codepmp.config.yaml']) {
    const file = join(folder, 'my study', name);
    const text = await readFile(file, 'utf8');
    expect(await server.problems(file, text)).toEqual([]);
    expect(await server.problems(file, `${text}\nunknown: 1\n`)).toEqual([
      expect.objectContaining({ message: 'Property unknown is not allowed.' }),
    ]);
  }
});

describe('--from', () => {
  const shipped = readdirSync(join(checkout, 'pipelines'))
    .filter((file) => /^[^.]+\.yaml$/.test(file))
    .map((file) => file.slice(0, -'.yaml'.length));

  it.each(shipped)('%s: a study that changes nothing yet has the plan of what it extends', async (name) => {
    expect((await codepmp('init', `of-${name}`, '--from', name)).exitCode).toBe(0);
    const file = join(folder, `of-${name}`, 'pipeline.yaml');
    const text = await readFile(file, 'utf8');
    expect(text).toContain(`extends: ${name}\nname: my-${name}\n`);
    expect(await server.problems(file, text)).toEqual([]);
    const { config } = loadConfig({ folder: join(folder, `of-${name}`), home: checkout });
    const keysOf = (source: string) => compile({ source, file: 'pipeline.yaml', config }).plan?.nodes.map(({ key }) => key);
    const whole = keysOf(await readFile(join(checkout, 'pipelines', `${name}.yaml`), 'utf8'));
    expect(whole?.length).toBeGreaterThan(1);
    expect(keysOf(text)).toEqual(whole);
  });

  it('names what is shipped where the name is unknown, and writes nothing', async () => {
    expect(await codepmp('init', 'none', '--from', 'quikstart')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'codepmp: no pipeline quikstart is shipped. Did you mean quickstart?',
    });
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});

describe('what a starter shows in a comment is right once the signs of the comment are taken away', () => {
  it('the sweep of the pipeline', async () => {
    const text = await starter('pipeline.yaml');
    const { plan, rendered } = compileText(uncommented(text));
    expect(rendered).toEqual([]);
    expect(compileText(text).plan?.cells).toHaveLength(1);
    expect(plan?.cells.map(({ values }) => values['take'])).toEqual([8, 16, 32]);
  });

  it('every part of the configuration', async () => {
    const value = parse(uncommented(await starter('codepmp.config.yaml'))) as object;
    const accepts = new Ajv({ strict: false, allErrors: true }).compile(configSchema());
    accepts(value);
    expect(accepts.errors ?? []).toEqual([]);
    expect(Object.keys(value)).toEqual(expect.arrayContaining(['store', 'endpoints', 'sources', 'weights', 'temporal']));
  });
});

async function starter(name: string): Promise<string> {
  return readFile(join(checkout, 'cli', 'starters', name), 'utf8');
}

/** Paragraphs of comments that begin with a key, as YAML. */
function uncommented(text: string): string {
  return text
    .split('\n\n')
    .map((paragraph) => (/^# [a-z_]+:(?: |\n|$)/.test(paragraph) ? paragraph.replace(/^# /gm, '') : paragraph))
    .join('\n\n');
}
