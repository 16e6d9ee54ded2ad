import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * An SVG of our own as a PDF of one page, its fonts embedded. Equal drawings give equal bytes. `created` is written into
 * the file, ISO 8601. Characters that DejaVu Sans lacks are boxes.
 */
export async function svgToPdf(svg: string, created: string): Promise<Uint8Array> {
  const [{ default: PdfDocument }, { default: addSvg }, regular, bold] = await Promise.all([
    import('pdfkit'),
    import('svg-to-pdfkit'),
    readFile(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')),
    readFile(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')),
  ]);
  const [, width = 1, height = 1] = /^<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/u.exec(svg)?.map(Number) ?? [];
  const date = new Date(created);
  const CreationDate = Number.isNaN(date.getTime()) ? new Date(0) : date;
  const document = new PdfDocument({ size: [width, height], margin: 0, font: '', info: { CreationDate, Producer: 'codepmp', Creator: 'codepmp' } });
  document.registerFont('regular', regular);
  document.registerFont('bold', bold);
  const parts: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (part: Uint8Array) => parts.push(part));
    document.on('end', resolve);
    document.on('error', reject);
  });
  addSvg(document, svg, 0, 0, { width, height, assumePt: true, fontCallback: (_family, isBold) => (isBold ? 'bold' : 'regular') });
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(parts));
}
