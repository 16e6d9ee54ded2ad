import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { xmlRows } from '../../../adapters/sources/xml-rows.ts';

async function rowsOf(text: string | Uint8Array): Promise<object[]> {
  const folder = await mkdtemp(join(tmpdir(), 'codepmp-xml-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'Posts.xml'), text);
  const rows: object[] = [];
  for await (const row of xmlRows(join(folder, 'Posts.xml'))) rows.push(row);
  return rows;
}

describe('rows of XML', () => {
  it('have their attributes, with line breaks and marks read', async () => {
    const text = '\uFEFF<?xml version="1.0" encoding="utf-8"?>\r\n<posts>\r\n  <row Id="1" Body="&lt;p&gt;a&#xA;é 日本&lt;/p&gt;" />\r\n  <row Id="2" />\r\n</posts>';
    expect(await rowsOf(text)).toEqual([{ Id: '1', Body: '<p>a\né 日本</p>' }, { Id: '2' }]);
  });

  it('are without characters that XML does not allow, written as they are or by their numbers', async () => {
    const text = '<posts><row Id="1" Body="a&#x0E;b&#14;c&#x0;d\u0002e&#xFFFE;f&#9;&#x0A;&#13;&#31;&#32;g&#xD800;h&#65;" /></posts>';
    expect(await rowsOf(text)).toEqual([{ Id: '1', Body: 'abcdef\t\n\r ghA' }]);
  });

  it('are without such characters wherever a piece of the file ends', async () => {
    const row = `<row Body="${'a&#x0E;'.repeat(40)}"/>`;
    const read = await rowsOf(`<posts>${row.repeat(2_000)}</posts>`);
    expect(new Set(read.map((each) => JSON.stringify(each)))).toEqual(new Set([JSON.stringify({ Body: 'a'.repeat(40) })]));
  });

  it('are many more than a piece of the file holds', async () => {
    const rows = Array.from({ length: 5_000 }, (_, id) => `<row Id="${id}" Body="${'日'.repeat(50)}" />\n`);
    const read = await rowsOf(`<posts>${rows.join('')}</posts>`);
    expect(read).toHaveLength(5_000);
    expect(read.at(-1)).toEqual({ Id: '4999', Body: '日'.repeat(50) });
  });

  it.each([
    ['a document type', '<!DOCTYPE posts [<!ENTITY a "b">]><posts/>', /a document type is not accepted/],
    ['an entity of its own', '<posts><row Id="&a;"/></posts>', /undefined entity/],
    ['an end that is missing', '<posts><row Id="1"/>', /unclosed tag: posts/],
    ['bytes that are not UTF-8', Buffer.concat([Buffer.from('<posts>'), Buffer.of(0xff, 0xfe)]), /not valid/],
  ])('are refused where the file has %s', async (_, text, message) => {
    await expect(rowsOf(text)).rejects.toThrow(message);
  });
});
