import { describe, expect, it } from 'vitest';
import { notebookScript } from '../../items/index.ts';

function scriptOf(code: string, language = 'python'): string | undefined {
  const cells = [{ cell_type: 'code', source: code }];
  return notebookScript(JSON.stringify({ nbformat: 4, metadata: { kernelspec: { language } }, cells }))?.text;
}

describe('a cell of a notebook', () => {
  it.each([
    ['at its beginning', '%matplotlib inline\nx = 1', 'x = 1\n'],
    ['inside a block', 'if x:\n    !pip install y\n    %time f()\n    g()', 'if x:\n    g()\n'],
    ['that goes on behind a backslash', '!pip install \\\n  numpy \\\n  scipy\nx = 1', 'x = 1\n'],
    ['that holds a lonely quote or bracket', "!echo it's (\nx = 1\n%cd ..", 'x = 1\n'],
    ['after a comment with a lonely quote', "# it's (\n%cd ..\nx = 1", "# it's (\nx = 1\n"],
  ])('is without a magic %s', (_, code, script) => {
    expect(scriptOf(code)).toBe(script);
  });

  it.each([
    ['inside brackets', 'print("%d of %d"\n      % (a, b))'],
    ['behind a backslash', 'text = "%d of %d" \\\n    % (a, b)'],
    ['in a string of several lines', 'text = """\n%d of it\'s (\n!important\n"""\ny = 1'],
    ['in a string that is escaped', "text = '''a\\'''\n%d\n'''"],
    ['in a string that goes on', "text = 'a \\\n%d'"],
    ['in brackets with quotes in them', "f('(', \"'\",\n  a\n  % b)"],
  ])('keeps a line that begins with a percent or an exclamation mark %s', (_, code) => {
    expect(scriptOf(code)).toBe(`${code}\n`);
  });

  it('is left out whole where it is of another language, and stays where its magic only watches it', () => {
    expect(scriptOf('%%bash\nls')).toBe('');
    expect(scriptOf('%%timer\nls')).toBe('');
    expect(scriptOf('%%timeit -n 3\nf(a\n  % b)')).toBe('f(a\n  % b)\n');
  });

  it('keeps all its lines where its kernel is no IPython', () => {
    expect(scriptOf('% Adds.\nx = 1;', 'MATLAB')).toBe('% Adds.\nx = 1;\n');
    expect(scriptOf('(rows\n%>% head)', 'R')).toBe('(rows\n%>% head)\n');
    expect(scriptOf('%%init\nval x = 1', 'scala')).toBe('%%init\nval x = 1\n');
  });
});
