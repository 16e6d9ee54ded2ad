import { pathToFileURL } from 'node:url';
import { plain } from './columns.ts';
import { codes } from './diagnostic.ts';
import type { Code, Diagnostic, RelatedPlace } from './diagnostic.ts';
import { pageOf } from './pages.ts';

/**
 * Diagnostics as a log of the Static Analysis Results Interchange Format, version 2.1.0 (OASIS): what code scanning and
 * editors read. Columns are UTF-16 units; the end of a region is exclusive, as here.
 */
export function toSarif(diagnostics: Diagnostic[], { version }: { version: string }): object {
  const used = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'codepmp', version, rules: used.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => resultOf(diagnostic, used)),
      },
    ],
  };
}

function ruleOf(code: Code): object {
  const page = pageOf(code) ?? codes[code];
  return { id: code, shortDescription: { text: codes[code] }, help: { text: page, markdown: page } };
}

function resultOf(diagnostic: Diagnostic, used: Code[]): object {
  const { code, severity, file, related = [] } = diagnostic;
  return {
    ruleId: code,
    ruleIndex: used.indexOf(code),
    level: severity,
    message: { text: sentencesOf(diagnostic).join('\n') },
    locations: [{ physicalLocation: placeOf(diagnostic, file) }],
    ...(related.length === 0 ? {} : { relatedLocations: related.map((each, id) => relatedOf(each, { id, file })) }),
  };
}

function relatedOf(related: RelatedPlace, { id, file }: { id: number; file: string }): object {
  return { id, message: { text: plain(related.message) }, physicalLocation: placeOf(related, related.file ?? file) };
}

function placeOf({ line, column, endLine, endColumn }: Omit<RelatedPlace, 'message'>, file: string): object {
  const end = endLine === undefined || endColumn === undefined ? {} : { endLine, endColumn };
  return { artifactLocation: { uri: uriOf(file) }, region: { startLine: line, startColumn: column, ...end } };
}

/** A path as a relative reference, or as a `file:` URI where it is absolute. */
function uriOf(file: string): string {
  if (file.startsWith('/')) return pathToFileURL(file).href;
  return file.replace(/^\.\//, '').split('/').map(encodeURIComponent).join('/');
}

/** The message and what the frame says below it, one a line. */
export function sentencesOf({ message, expected, got, hint }: Diagnostic): string[] {
  const notes = Object.entries({ expected, got, hint }).flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`]));
  return [message, ...notes].map(plain);
}
