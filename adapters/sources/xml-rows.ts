import { createReadStream } from 'node:fs';
import { SaxesParser } from 'saxes';

/**
 * The attributes of each `<row …/>` of a file of XML, as dumps of databases have them, without the characters that XML does not
 * allow. A document type or an unknown entity is refused.
 */
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
  let rest = '';
  for await (const bytes of createReadStream(path)) {
    const text = rest + decoder.decode(bytes as Uint8Array, { stream: true });
    const whole = text.length - (begunReference.exec(text)?.[0].length ?? 0);
    rest = text.slice(whole);
    parser.write(withoutControls(text.slice(0, whole)));
    yield* found;
    found = [];
  }
  parser.write(withoutControls(rest + decoder.decode())).close();
  yield* found;
}

/** A reference that the next piece of the file may end. */
const begunReference = /&[^;&]{0,11}$/;

/** A character that XML 1.0 has no place for. Databases write such characters into dumps all the same. */
const outsideXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const everyOutsideXml = new RegExp(outsideXml, 'gu');

function withoutControls(text: string): string {
  return text
    .replaceAll(everyOutsideXml, '')
    .replaceAll(/&#(?:x([\da-f]+)|(\d+));/gi, (reference, hex?: string, decimal?: string) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0x10_ff_ff || outsideXml.test(String.fromCodePoint(code)) ? '' : reference;
    });
}
