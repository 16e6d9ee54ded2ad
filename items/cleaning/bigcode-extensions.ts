/** Extensions that StarCoder took, by language; of a file without extension the extension is empty. */
const listed: { readonly [language: string]: string } = {
  ada: 'ada adb ads',
  agda: 'agda',
  alloy: 'als',
  antlr: 'g4',
  applescript: 'applescript scpt',
  assembly: 'a51 asm nasm',
  augeas: 'aug',
  awk: 'auk awk gawk mawk nawk',
  batchfile: 'bat cmd',
  bluespec: 'bsv',
  c: 'c h',
  'c++': 'c++ cc cp cpp cxx h++ hh hpp hxx inl ipp tcc tpp',
  'c-sharp': 'cake cs cshtml',
  clojure: 'boot clj cljc cljs cljx',
  cmake: 'cmake',
  coffeescript: '_coffee cjsx coffee cson iced',
  'common-lisp': 'asd lisp lsp ny',
  css: 'css',
  cuda: 'cu cuh',
  dart: 'dart',
  dockerfile: ' 1 3 dockerfile mustache',
  elixir: 'ex exs',
  elm: 'elm',
  'emacs-lisp': 'el emacs',
  erlang: 'erl escript hrl yrl',
  'f-sharp': 'fs fsi fsx',
  fortran: 'f f03 f08 f90 f95 for fpp',
  glsl: 'fp frag fsh fshader geom glsl glslv shader vert vsh vshader',
  go: 'go',
  groovy: 'groovy gtpl gvy',
  haskell: 'hs hsc',
  html: 'htm html xht xhtml',
  idris: 'idr lidr',
  isabelle: 'thy',
  java: 'java',
  'java-server-pages': 'jsp',
  javascript: 'es6 js jsm pac sjs xsjslib',
  json: 'json',
  julia: 'jl',
  kotlin: 'kt kts',
  lean: 'hlean lean',
  'literate-agda': 'lagda',
  'literate-coffeescript': 'litcoffee',
  'literate-haskell': 'lhs',
  lua: 'lua nse wlua',
  makefile: ' cmake mak mk txt',
  maple: 'mpl',
  markdown: 'markdown md mkd mkdn ron',
  mathematica: 'ma mathematica mt nb wl',
  matlab: 'matlab',
  ocaml: 'eliom eliomi ml ml4 mli mll mly',
  pascal: 'dfm lpr pas',
  perl: 'perl pl pm psgi t',
  php: 'ctp php phpt',
  powershell: 'ps1 psd1 psm1',
  prolog: 'prolog yap',
  'protocol-buffer': 'proto',
  python: 'bzl gyp py pyde pyw',
  r: 'r rd rsx',
  racket: 'scrbl',
  restructuredtext: 'rst',
  rmarkdown: 'rmd',
  ruby: 'builder gemspec jbuilder podspec rabl rake rb rbw ru ruby thor',
  rust: 'rs',
  sas: 'sas',
  scala: 'sbt scala',
  scheme: 'scm sld sps',
  shell: 'bash bats command ksh sh tmux tool zsh',
  smalltalk: 'st',
  solidity: 'sol',
  sparql: 'rq sparql',
  sql: 'cql db2 ddl pkb pks plb plsql prc sql udf',
  stan: 'stan',
  'standard-ml': 'fun sml',
  stata: 'ado do doh mata matah',
  systemverilog: 'sv svh vh',
  tcl: 'adp tcl tm',
  tcsh: 'csh tcsh',
  tex: 'bbx bib cbx dtx ins lbx mkii mkiv mkvi sty tex',
  thrift: 'thrift',
  typescript: 'ts tsx',
  verilog: 'veo',
  vhdl: 'vhd vhdl vhi vho vhw',
  'visual-basic': 'bas frm vb vba vbhtml vbs',
  xslt: 'xsl xslt',
  yacc: 'y yacc',
  yaml: 'yaml yml',
  zig: 'zig',
};

/** Languages by the names they had then, which linguist has since renamed or taken apart. */
const renamed: { readonly [language: string]: string } = {
  'fortran-free-form': 'fortran',
  plpgsql: 'sql',
  plsql: 'sql',
  starlark: 'python',
  tsx: 'typescript',
  vba: 'visual-basic',
  vbscript: 'visual-basic',
  'visual-basic-.net': 'visual-basic',
  'visual-basic-6.0': 'visual-basic',
  'wolfram-language': 'mathematica',
};

/** A language as the table writes it: `c-sharp` for `C#`. Extensions have no point. */
export interface ListedExtension {
  language: string;
  extension: string;
}

/** The entry for a file in a language by its name on GitHub; null where the table has none, or leaves it out. */
export function listedExtension(language: string, path: string): ListedExtension | null {
  const slug = slugOf(language);
  const name = renamed[slug] ?? slug;
  const extension = /[^/]\.([^./]*)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return listed[name]?.split(' ').includes(extension) ? { language: name, extension } : null;
}

/** The name of a language as The Stack and StarCoderData write it: `c-sharp` for `C#`. */
export function slugOf(language: string): string {
  return language.toLowerCase().replaceAll(' ', '-').replace('#', '-sharp');
}
