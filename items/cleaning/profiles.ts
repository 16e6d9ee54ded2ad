import { listedExtension } from './bigcode-extensions.ts';
import type { TextLimits } from './limits.ts';

/** A file as the rules for its text know it. */
interface ProfiledFile {
  /** By its name in GitHub's linguist. */
  language: string;
  path: string;
}

/** The limits for a file; null where files of its sort are not taken at all. */
type Profile = (file: ProfiledFile) => TextLimits | null;

const dataLanguages = ['JSON', 'YAML'];

/** StarCoder's rules (The Stack v1): its limits by extension as they were set after a look at a thousand files of each. */
function bigcodeLimits({ language, path }: ProfiledFile): TextLimits | null {
  const entry = listedExtension(language, path);
  if (!entry) return null;
  const key = `${entry.language}/${entry.extension}`;
  const lines = longLines.has(key) ? {} : { maxLine: key === 'glsl/fsh' ? 500 : 1000, maxMeanLine: 100 };
  const letters = halfLetters.has(key) ? { minAlphabetic: 0.5 } : quarterLetters.has(key) ? { minAlphabetic: 0.25 } : {};
  return {
    ...lines,
    ...letters,
    ...(!fewLetters.has(key) && { minAlphanumeric: 0.25 }),
    ...(entry.language === 'html' && { visible: { characters: 101, share: 0.2 } }),
    ...(dataLanguages.includes(language) && { minCharacters: 100, maxCharacters: 5000 }),
    noXml: entry.language !== 'xslt',
  };
}

function pairsOf(table: string): Set<string> {
  return new Set(
    table.trim().split(/\n\s*/).flatMap((line) => {
      const [language = '', ...extensions] = line.split(' ');
      return extensions.map((extension) => `${language}/${extension}`);
    }),
  );
}

const longLines = pairsOf(`
  assembly asm
  bluespec bsv
  cmake cmake
  json json
  markdown markdown md mkd mkdn ron
  mathematica ma nb
  matlab matlab
  r r
  restructuredtext rst
  rmarkdown rmd
  sql sql
  stata ado do
  tex bbx bib cbx dtx ins lbx mkii mkiv mkvi sty tex
  visual-basic frm`);

const fewLetters = pairsOf(`
  mathematica ma nb
  sas sas
  visual-basic frm`);

const quarterLetters = pairsOf(`
  ada ads
  augeas aug
  glsl fp
  maple mpl
  mathematica ma nb wl
  matlab matlab
  scheme scm sld sps
  sql prc
  systemverilog sv
  vhdl vhd
  visual-basic bas
  yacc y`);

const halfLetters = pairsOf(`
  json json
  yaml yaml yml`);

/** DeepSeek-Coder's rules for single files (arXiv 2401.14196, section 2.1). */
function deepseekLimits({ language }: ProfiledFile): TextLimits {
  return {
    maxLine: 1000,
    maxMeanLine: 100,
    minAlphabetic: 0.25,
    noXml: language !== 'XSLT',
    ...(language === 'HTML' && { visible: { characters: 100, share: 0.2 } }),
    ...(dataLanguages.includes(language) && { minCharacters: 50, maxCharacters: 5000 }),
  };
}

const shortTables = ['Text', 'JSON', 'YAML', 'Web Ontology Language', 'Graphviz (DOT)'];
const longLineLanguages = ['HTML', 'JSON', 'Markdown', 'Roff', 'Roff Manpage', 'SMT', 'TeX', 'Text', 'XML'];
const numberLanguages = ['Motorola 68K Assembly', 'WebAssembly'];

/** StarCoder2's rules for single files (arXiv 2402.19173, section 3). */
function starcoder2Limits({ language }: ProfiledFile): TextLimits {
  return {
    maxLines: shortTables.includes(language) ? 512 : 100_000,
    ...(longLineLanguages.includes(language) ? { maxLine: 100_000 } : { maxLine: 1000, maxMeanLine: 100 }),
    ...(numberLanguages.includes(language) ? { minAlphanumeric: 0.25 } : { minAlphabetic: 0.25 }),
    ...(language === 'HTML' && { visible: { characters: 100, share: 0.2 } }),
    encoded: { piece: 1024, share: 0.5 },
  };
}

export type ProfileName = keyof typeof profiles;

/** What a profile says is never changed: other rules get another name, so that an old result can be made again. */
export const profiles = {
  'bigcode-1': bigcodeLimits,
  'deepseek-1': deepseekLimits,
  'starcoder2-1': starcoder2Limits,
  none: () => ({}),
} satisfies { [name: string]: Profile };
