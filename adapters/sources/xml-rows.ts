import { createReadStream } from 'node:fs';
import { SaxesParser } from 'saxes';

/** The attributes of each `<row …/>` of a file of XML, as dumps of databases have them. A document type or an unknown entity is refused. */
export async function* xmlRows(path: string): AsyncGenerator<{ [attribute: string]: string }> {
  const parser = new SaxesParser();
  let found: { [attribute: string]: string }[] = [];
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'row') found.push(attributes);
  });
  parser.on('doctype', () => parser.fail('a document type is not accepted'));
  parser.on('error', (error) => {
    throw error;
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const bytes of createReadStream(path)) {
    parser.write(decoder.decode(bytes as Uint8Array, { stream: true }));
    yield* found;
    found = [];
  }
  parser.write(decoder.decode()).close();
  yield* found;
}
