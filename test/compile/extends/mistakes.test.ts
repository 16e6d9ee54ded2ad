import { readFileSync, readdirSync } from 'node:fs';
import { expect, describe, test } from 'vitest';
import { codes, compile, createBases } from '../../../compile/index.ts';
import type { Compiled } from '../../../compile/index.ts';
import { config, golden } from '../rig.ts';

/** Each folder holds a pipeline, the files it extends, and `params.yaml` where values of params are given. */
const folder = new URL('mistakes/', import.meta.url);
const names = readdirSync(folder).sort();

/** What is shipped changes with time; what is recorded here does not. */
const shipped = new URL('shipped/', import.meta.url);

function answerTo(name: string): Compiled {
  const place = new URL(`${name}/`, folder);
  const files = Object.fromEntries(
    readdirSync(place)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => [file, readFileSync(new URL(file, place), 'utf8')]),
  );
  const { 'pipeline.yaml': source = '', 'params.yaml': values, ...others } = files;
  const params = values === undefined ? [] : [{ file: 'params.yaml', source: values }];
  return compile({ source, file: 'pipeline.yaml', bases: createBases({ files: others, folder: shipped }), params, config });
}

describe('a mistake in files that extend each other is answered as recorded beside it', () => {
  test.each(names)('%s', (name) => {
    const text = `${answerTo(name).rendered.join('\n\n')}\n`;
    expect(text).toBe(golden(new URL(`${name}/answer.txt`, folder), text));
  });
});

test('every code about extending, and about values in a file, is met by some recorded mistake', () => {
  const met = new Set(names.flatMap((name) => answerTo(name).diagnostics.map(({ code }) => code)));
  const mine = Object.keys(codes).filter((code) => code.startsWith('E020'));
  expect(mine.filter((code) => !met.has(code as keyof typeof codes))).toEqual([]);
});

test('each mistake is an error that says what was expected, what came, or what to do', () => {
  for (const name of names) {
    const { diagnostics } = answerTo(name);
    expect(diagnostics.length).toBeGreaterThan(0);
    for (const { severity, expected, got, hint } of diagnostics) {
      expect(severity).toBe('error');
      expect(expected ?? got ?? hint).toBeDefined();
    }
  }
});
