import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile, toAnnotation, toSarif } from '../../../compile/index.ts';
import type { Diagnostic } from '../../../compile/index.ts';
import { compileText, config, readMistakes } from '../rig.ts';
import { sarifSchema } from './sarif-schema.ts';

const recorded = readMistakes().flatMap(({ name, source }) => compile({ source: readFileSync(source), file: `${name}.yaml`, config }).diagnostics);

const head = 'codepmp: 1\nname: t\nsteps:\n  data: {uses: dataset/arithmetic}\n';

interface Log {
  runs: [{ tool: { driver: { rules: { id: string; help: { text: string } }[] } }; results: Result[] }];
}

interface Result {
  ruleId: string;
  ruleIndex: number;
  locations: [Located];
  relatedLocations?: Located[];
}

interface Located {
  physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number; startColumn: number; endLine?: number; endColumn?: number } };
}

const logOf = (diagnostics: Diagnostic[]) => toSarif(diagnostics, { version: '1.2.3' }) as Log;

/** The part of a text that a region covers, where it lies in one line. */
const covered = (source: string, { startLine, startColumn, endColumn = startColumn }: Located['physicalLocation']['region']) =>
  source.split('\n')[startLine - 1]?.slice(startColumn - 1, endColumn - 1);

describe('a SARIF log', () => {
  test('of every recorded mistake keeps to the published schema', () => {
    const validate = new Ajv({ allErrors: true, formats: { uri: URL.canParse } }).compile(sarifSchema);
    validate(logOf(recorded));
    expect(validate.errors).toBeNull();
    validate(logOf([]));
    expect(validate.errors).toBeNull();
  });

  test('names a rule for each result, with its page as help', () => {
    const [{ tool, results }] = logOf(recorded).runs;
    const { rules } = tool.driver;
    expect(results).toHaveLength(recorded.length);
    expect(results.filter(({ ruleId, ruleIndex }) => rules[ruleIndex]?.id !== ruleId)).toEqual([]);
    for (const { id, help } of rules) expect(help.text).toContain(`# ${id}: `);
  });

  test('has regions that cover what is meant, the explaining places too', () => {
    const source = `${head}  data: {uses: dataset/arithmetic}\n`;
    const [result] = logOf(compileText(source).diagnostics.filter(({ code }) => code === 'E0105')).runs[0].results;
    const places = [result?.locations[0], result?.relatedLocations?.[0]].map((each) => each && covered(source, each.physicalLocation.region));
    expect(places).toEqual(['data', 'data']);
    expect(result?.locations[0].physicalLocation.region.startLine).toBe(5);
    expect(result?.relatedLocations?.[0]?.physicalLocation.region.startLine).toBe(4);
  });

  test('escapes file names as a URI does', () => {
    const { diagnostics } = compile({ source: 'a: 1', file: './my study/ü%.yaml', config });
    const uris = logOf(diagnostics).runs[0].results.map(({ locations }) => locations[0].physicalLocation.artifactLocation.uri);
    expect(new Set(uris)).toEqual(new Set(['my%20study/%C3%BC%25.yaml']));
    const absolute = logOf(diagnostics.map((each) => ({ ...each, file: '/a b.yaml' }))).runs[0].results[0];
    expect(absolute?.locations[0].physicalLocation.artifactLocation.uri).toBe('file:///a%20b.yaml');
  });
});

describe('an annotation', () => {
  const diagnostic: Diagnostic = { code: 'E0110', severity: 'warning', message: 'unknown key a', file: 'p.yaml', line: 3, column: 5, endLine: 3, endColumn: 8 };

  test('is one workflow command with its place and its sentences', () => {
    expect(toAnnotation({ ...diagnostic, expected: 'b', hint: 'remove it' })).toBe(
      '::warning file=p.yaml,line=3,endLine=3,col=5,endColumn=7,title=E0110::unknown key a%0Aexpected: b%0Ahint: remove it',
    );
  });

  test('tells the places that explain it', () => {
    const related = [{ message: 'first defined here', line: 2, column: 3 }, { message: 'b is declared here', file: 'base.yaml', line: 7, column: 1 }];
    expect(toAnnotation({ ...diagnostic, related })).toBe(
      '::warning file=p.yaml,line=3,endLine=3,col=5,endColumn=7,title=E0110::unknown key a%0Ap.yaml:2:3: first defined here%0Abase.yaml:7:1: b is declared here',
    );
  });

  test('can not be ended or forged by what a file or its name says', () => {
    const forged = toAnnotation({ ...diagnostic, file: 'a,b:c%.yaml', message: '100% ::error::x\r\n::add-mask::y' });
    expect(forged).toBe('::warning file=a%2Cb%3Ac%25.yaml,line=3,endLine=3,col=5,endColumn=7,title=E0110::100%25 ::error::x\uFFFD\uFFFD::add-mask::y');
    expect(recorded.map(toAnnotation).filter((line) => /[\r\n]/.test(line) || !/^::(error|warning) file=/.test(line))).toEqual([]);
  });

  test('gives no columns for a place of several lines', () => {
    expect(toAnnotation({ ...diagnostic, endLine: 4 })).toMatch(/^::warning file=p.yaml,line=3,endLine=4,title=E0110::/);
  });
});
