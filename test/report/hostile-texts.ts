/** What would set a mark if it ran. */
const mark = 'globalThis.hacked=1';

const events = ['load', 'error', 'click', 'focus', 'mouseover', 'toggle', 'animationstart', 'beforeinput', 'pointerenter', 'begin'];
const elements = ['img src=x', 'svg', 'body', 'input autofocus', 'details open', 'video src=x', 'audio src=x', 'iframe src=x', 'object data=x', 'marquee'];
const closers = ['', '"', "'", '>', '">', "'>", '</title>', '</style>', '</svg>', '</text>', '-->', ']]>', '</td></table>', '</script>'];

const scripts = closers.map((closer) => `${closer}<script>${mark}</script>`);
const drawings = closers.flatMap((closer) => [`${closer}<svg onload=${mark}>`, `${closer}<math><mtext><img src=x onerror=${mark}>`]);
const handlers = elements.flatMap((element) => events.map((event) => `"><${element} on${event}=${mark}>`));
const attributes = events.flatMap((event) => [`" on${event}="${mark}`, `' on${event}='${mark}`, `x on${event}=${mark} y`]);
const addresses = ['https://example.org/x', '//example.org/x', 'http://127.0.0.1:9/x', 'file:///etc/passwd', 'data:text/html,x', `javascript:${mark}`];
const requests = addresses.flatMap((address) => [
  `<img src="${address}">`,
  `<link rel=stylesheet href="${address}">`,
  `<a href="${address}">x</a>`,
  `<base href="${address}">`,
  `<svg><use href="${address}"/></svg>`,
  `<style>@import url("${address}")</style>`,
  `url(${address})`,
  `![x](${address})`,
  `[x](${address})`,
  `<${address}>`,
  `<form action="${address}"><button>x</button></form>`,
  `<meta http-equiv=refresh content="0;url=${address}">`,
]);
const encoded = ['&lt;script&gt;', '&#60;script&#62;', '&#x3c;script&#x3e;', '%3Cscript%3E', '\\u003cscript\\u003e', '\\x3cscript\\x3e', '+ADw-script+AD4-', '＜script＞'].map(
  (opening) => `${opening}${mark}`,
);
const expressions = [`"];${mark};["`, `'];${mark};['`, `"+${mark}+"`, '`${' + mark + '}`', `{{${mark}}}`, `datum[${mark}]`, `')||(${mark})||('`, '\\"];' + mark];
const latex = [
  String.raw`\input{/etc/passwd}\end{tabular}%`,
  String.raw`\immediate\write18{touch hacked}`,
  String.raw`}\write18{x}{`,
  String.raw`\catcode37=12 %`,
  '^^5cinput{x} $x$ #1 &',
  String.raw`\\\hline`,
  '% comment',
  String.raw`\end{table}\end{document}`,
  '$$x^2$$',
  'a & b \\\\',
];
const formulas = ['=HYPERLINK("https://example.org")', '@SUM(1+1)|cmd', '+1-1', '-2+3', '\t=1', '\r=1', '＝1+1', '=cmd|"/c calc"!A1', '"=1', ',=1'];
const marks = ['\u001b[31mred\u001b[0m', '\u001b]8;;https://example.org\u0007link\u001b]8;;\u0007', 'abc\u202Egnp.exe', '\u2066x\u2069', '\u200b\ufeff', 'a\u0000b', 'a\u2028b', '\u{e0041}'];
const unusual = [
  'Δ ≥ 0.5 ± √2',
  '日本語 한국어 العربية',
  'é\u0301\u0301\u0301 ﬁ ½',
  '👩‍👩‍👧‍👦 🏴‍☠️',
  '__proto__',
  'constructor',
  'x'.repeat(300),
  'source-1',
  '# heading',
  '| a | b |\n|---|---|',
  '```js\nx\n```',
  '1. list',
  '> quote',
  '* star',
  '~~gone~~',
  '$&',
  '$1',
  'NaN',
  'null',
  'a\nb\nc',
];

/** Texts that would run, load, hide or break something where they are not shown as texts. */
export const hostileTexts: readonly string[] = [
  [scripts, expressions, latex, formulas, marks, unusual, encoded],
  [drawings, requests, attributes, handlers],
].flat(2);
