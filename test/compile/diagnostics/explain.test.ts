import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { codes, compile, loadConfig, pageOf } from '../../../compile/index.ts';
import type { Code, Diagnostic } from '../../../compile/index.ts';
import { indexOfPages } from '../../../compile/diagnostics/pages.ts';
import { golden } from '../rig.ts';

const all = Object.keys(codes) as Code[];

/** These come from the machine or from what is asked for, not from what a file says. */
const withoutExample = new Set<string>(['E0108', 'E0109', 'E0144', 'E0170']);

const folder = mkdtempSync(join(tmpdir(), 'codepmp-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the page of a code', () => {
  test.each(all)('%s is there, in docs/errors, and begins with its title', (code) => {
    expect(pageOf(code)?.split('\n', 1)[0]).toBe(`# ${code}: ${codes[code]}`);
  });

  test.each(all)('%s fits a terminal of 80 columns', (code) => {
    expect((pageOf(code) ?? '').split('\n').filter((line) => line.length > 80 && !line.includes('sha256:'))).toEqual([]);
  });

  test.each(all.filter((code) => !withoutExample.has(code)))(
    '%s shows a wrong file with this code alone, and the same put right',
    (code) => {
      const { wrong, right, sections } = examplesOf(pageOf(code) ?? '');
      expect(sections).toEqual(['Wrong', 'Right', 'Why']);
      expect([...new Set(answerTo(wrong).map((each) => each.code))]).toEqual([code]);
      expect(answerTo(right).map((each) => `${each.code} ${each.message}`)).toEqual([]);
    },
  );
});

test('docs/errors.md lists every page', () => {
  const file = new URL('../../../docs/errors.md', import.meta.url);
  expect(indexOfPages()).toBe(golden(file, indexOfPages()));
});

interface Example {
  files: { [name: string]: string };
  set: { [param: string]: string };
  sweeps: string[] | undefined;
  /** Names of files of params. */
  params: string[];
}

/** Fenced blocks: `yaml` or `markdown`, then the file's name where it is not pipeline.yaml, then options of the command line. */
function examplesOf(page: string): { wrong: Example; right: Example; sections: string[] } {
  const parts = page.split(/^## /m).slice(1);
  const exampleOf = (title: string): Example => {
    const example: Example = { files: {}, set: {}, sweeps: undefined, params: [] };
    const text = parts.find((part) => part.startsWith(title)) ?? '';
    for (const [, info = '', body = ''] of text.matchAll(/^```(?:yaml|markdown)(.*)\n([^]*?)^```$/gm)) {
      const [, name = 'pipeline.yaml'] = /^ ([\w./-]+\.(?:yaml|md))/.exec(info) ?? [];
      example.files[name] = body.replaceAll('\u2400', '\0');
      for (const [, param = '', value = ''] of info.matchAll(/--set (\w+)=(\S+)/g)) example.set[param] = value;
      for (const [, values = ''] of info.matchAll(/--params (\S+)/g)) example.params.push(values);
      for (const [, sweep = ''] of info.matchAll(/--sweep (\S+)/g)) example.sweeps = [...(example.sweeps ?? []), sweep];
    }
    return example;
  };
  return { wrong: exampleOf('Wrong'), right: exampleOf('Right'), sections: parts.map((part) => part.split('\n', 1)[0] ?? '') };
}

function answerTo({ files, set, sweeps, params }: Example): Diagnostic[] {
  const place = mkdtempSync(join(folder, 'example-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  const { config, diagnostics } = loadConfig({ folder: place, home: '/home-of-codepmp' });
  const source = files['pipeline.yaml'];
  if (source === undefined) return diagnostics;
  const given = params.map((file) => ({ file, source: files[file] ?? '' }));
  const options = { source, file: 'pipeline.yaml', files, params: given, set, config, ...(sweeps ? { sweeps } : {}) };
  return [...diagnostics, ...compile(options).diagnostics];
}
