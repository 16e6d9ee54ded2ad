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

/** Text without the characters that XML 1.0 has no place for, and without references to them. Databases write them into dumps all the same. */
function withoutControls(text: string): string {
  return text.replaceAll(/[^\t\n\r\u0020-\uFFFD]/g, '').replaceAll(rareReference, (reference, hex?: string, decimal?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code < 0x20 || (code >= 0xd800 && code < 0xe000) || code === 0xfffe || code === 0xffff || code > 0x10ffff ? '' : reference;
  });
}

/** The number of a character, unless it is a tab or the end of a line, which dumps are full of. */
const rareReference = /&#(?!x0*[9AD];|0*(?:9|10|13);)(?:x([\dA-F]+)|(\d+));/gi;
