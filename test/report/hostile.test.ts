import { describe, expect, test } from 'vitest';
import type { ReportInput } from '../../report/index.ts';
import { renderReport } from '../../report/index.ts';
import { sampleInput } from './sample-input.ts';

const payloads = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></style></script><svg onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<iframe src=https://example.org></iframe>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '`${alert(1)}`',
  ']]><!--<base href=//example.org>',
  '![x](https://example.org/x.png)',
  '[x](javascript:alert(1)) | pipe\n# heading',
  String.raw`\input{/etc/passwd}\end{tabular}%`,
  '^^5cinput{x} $x$ #1 &',
  '=HYPERLINK("https://example.org")',
  '@SUM(1+1)|cmd',
  '+1-1',
  '\u001b[31mred\u001b[0m \u001b]8;;https://example.org\u0007link\u001b]8;;\u0007',
  'abc\u202Egnp.exe\u2066\u200b\ufeff\u0000',
  '__proto__',
  'x'.repeat(300),
];

describe.each(payloads.map((payload) => [payload.slice(0, 40), payload]))('the text %j', (_name, payload) => {
  test('is shown as text on the page, never as markup', async () => {
    const page = (await render(hostile(payload)))['index.html'] ?? '';
    const calm = (await render(hostile('calm')))['index.html'] ?? '';
    expect(tagsOf(page)).toEqual(tagsOf(calm));
    expect(page).not.toMatch(/<script|<iframe|<img|<base|javascript:"|\son\w+=["']/iu);
    expect(page).not.toMatch(hidden);
  });

  test('cannot leave its place in Markdown, LaTeX and CSV', async () => {
    const files = await render(hostile(payload));
    const calm = await render(hostile('calm'));
    for (const name of ['report.md', 'tables.tex', 'tables.csv'])
      expect([name, files[name]?.split('\n').length]).toEqual([name, calm[name]?.split('\n').length]);
    expect(files['report.md']?.replace(/`[^`\n]*`/gu, '')).not.toMatch(/<\w|(?<!\\)\]\(|(?<!\\)!\[/u);
    expect(files['tables.tex']).not.toMatch(/\\input|\\end\{tabular\}%/u);
    expect(files['tables.csv']).not.toMatch(/(?:^|,)"?[=@+]/mu);
    for (const content of [files['report.md'], files['tables.tex'], files['tables.csv']]) expect(content).not.toMatch(hidden);
  });
});

// oxlint-disable-next-line no-control-regex -- what must not be there
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** The same text in every place a text can come from. */
function hostile(text: string): ReportInput {
  const input = sampleInput();
  const named = <T extends { step: string }>(entry: T): T => ({ ...entry, step: text });
  return {
    title: text,
    run: text,
    created: text,
    plan: text,
    toyNote: text,
    missing: [{ step: text, why: text }],
    metrics: input.metrics.map((entry) => ({
      ...named(entry),
      key: text,
      artifact: text,
      model: text,
      dataset: text,
      metrics: { ...entry.metrics, ...kindsOf(entry.metrics, text) },
    })),
    training: input.training.map((entry) => ({ ...named(entry), config: { [text]: text, list: [text] } })),
    data: input.data.map((entry) => ({
      ...named(entry),
      statistics: {
        ...entry.statistics,
        languages: entry.statistics.languages.map((each) => ({ ...each, language: text })),
        waterfall: [{ stage: text, count: 1, reason: text }],
      },
    })),
  };
}

function kindsOf(metrics: ReportInput['metrics'][number]['metrics'], kind: string): object {
  return metrics.kind === 'eval/accuracy' ? { kinds: metrics.kinds.map((each) => ({ ...each, kind })) } : {};
}

/** Names and attribute names of all tags, in order, without what stands in the attributes. */
function tagsOf(page: string): string[] {
  return [...page.replace(/<style>.*?<\/style>/su, '').matchAll(/<\/?([a-zA-Z!][^\s>]*)((?:\s+[^\s=>"']+(?:="[^"]*")?)*)\s*\/?>/gu)].map(
    ([, name, attributes]) => `${name} ${(attributes ?? '').replace(/="[^"]*"/gu, '').trim()}`,
  );
}

async function render(input: ReportInput): Promise<{ [name: string]: string }> {
  const rendered = await renderReport(input);
  return Object.fromEntries(rendered.files.map(({ name, content }) => [name, content]));
}
