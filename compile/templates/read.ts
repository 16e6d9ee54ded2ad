import type { Compiler } from '../../ports/compiler.ts';
import { kindOf } from '../../schemas/index.ts';
import { toDiagnostics } from '../diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../diagnostics/render.ts';
import { createSource } from '../diagnostics/source.ts';
import { parseTemplate } from './parse.ts';

/** Reads the file of a prompt template for a kind of step; null with what is wrong in it, as text with code frames. */
export const readTemplate: Compiler['readTemplate'] = (source, { file, kind }) => {
  const { text, template, problems } = parseTemplate(source, { file, kind: kindOf(kind) });
  const diagnostics = toDiagnostics(createSource(file, text), problems);
  return { template, rendered: diagnostics.map((each) => renderDiagnostic(each, text)) };
};
