import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codes, compile, renderDiagnostic } from '../../compile/index.ts';
import { compileText, config, golden, readMistakes } from './rig.ts';

const mistakes = readMistakes();

describe('a mistake is answered as recorded beside it', () => {
  test.each(mistakes)('$name', ({ name, source, answer }) => {
    const { rendered } = compile({ source: readFileSync(source, 'utf8'), file: `${name}.yaml`, config });
    const text = `${rendered.join('\n\n')}\n`;
    expect(text).toBe(golden(answer, text));
  });
});

test('at least eighty different mistakes are recorded', () => {
  const answers = mistakes.map(({ name, answer }) => readFileSync(answer, 'utf8').replaceAll(`${name}.yaml`, ''));
  expect(new Set(answers).size).toBe(mistakes.length);
  expect(mistakes.length).toBeGreaterThanOrEqual(80);
});

test('a frame and its notes fit 80 columns; only the first line may be longer', () => {
  const wide = mistakes.flatMap(({ name, answer }) =>
    readFileSync(answer, 'utf8').split('\n').filter((line) => line.length > 80 && !line.startsWith(`${name}.yaml:`)),
  );
  expect(wide).toEqual([]);
});

test('every code of a pipeline is met by some recorded mistake', () => {
  const met = mistakes.map(({ answer }) => readFileSync(answer, 'utf8')).join('\n');
  const elsewhere = ['E0101', 'E0102', 'E0108', 'E0109', 'E0124', 'E0144', 'E0145', 'E0189', 'E0190', 'E0170', 'E0171'];
  const isOfSeveralFiles = (code: string) => code.startsWith('E020');
  const missing = Object.keys(codes).filter((code) => !met.includes(`[${code}]`) && !elsewhere.includes(code) && !isOfSeveralFiles(code));
  expect(missing).toEqual([]);
});

test('every error says what was expected, what came, or what to do', () => {
  const found = mistakes.flatMap(({ source }) => compileText(readFileSync(source)).diagnostics);
  const bare = found.filter(({ expected, got, hint }) => (expected ?? got ?? hint) === undefined);
  expect(found.length).toBeGreaterThan(mistakes.length);
  expect(bare).toEqual([]);
});

test('diagnostics come in the order of the file', () => {
  const { diagnostics } = compileText(readFileSync(mistakes.find(({ name }) => name === 'many-mistakes-at-once')?.source ?? ''));
  const places = diagnostics.map(({ line, column }) => line * 1000 + column);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('colour is added on request only', () => {
  const source = 'codepmp: 1\nname: t\nstep: {}\n';
  const [diagnostic] = compileText(source).diagnostics;
  if (!diagnostic) throw new Error('no diagnostic');
  const escape = String.fromCharCode(27);
  expect(renderDiagnostic(diagnostic, source)).not.toContain(escape);
  expect(renderDiagnostic(diagnostic, source, { color: true })).toContain(escape);
});
