/**
 * What only the text of one licence says, by its SPDX identifier: first its title or the first words of it, then what follows further down.
 * In lower-case words with single spaces. Of two that begin with the same words the first row that fits is meant.
 */
const telltales: readonly (readonly [licence: string, title: string, ...sentences: string[]])[] = [
  ['Apache-2.0', 'apache license version 2.0 january 2004'],
  ['AGPL-3.0-only', 'gnu affero general public license version 3 19 november 2007'],
  ['LGPL-3.0-only', 'gnu lesser general public license version 3 29 june 2007'],
  ['LGPL-2.1-only', 'gnu lesser general public license version 2.1 february 1999'],
  ['LGPL-2.0-only', 'gnu library general public license version 2 june 1991'],
  ['GPL-3.0-only', 'gnu general public license version 3 29 june 2007'],
  ['GPL-2.0-only', 'gnu general public license version 2 june 1991'],
  ['GPL-1.0-only', 'gnu general public license version 1 february 1989'],
  ['GFDL-1.3-only', 'gnu free documentation license version 1.3 3 november 2008'],
  ['GFDL-1.2-only', 'gnu free documentation license version 1.2 november 2002'],
  ['GFDL-1.1-only', 'gnu free documentation license version 1.1 march 2000'],
  ['MPL-2.0', 'mozilla public license version 2.0'],
  ['MPL-1.1', 'mozilla public license version 1.1'],
  ['EPL-2.0', 'eclipse public license v 2.0'],
  ['EPL-1.0', 'eclipse public license v 1.0'],
  ['EUPL-1.2', 'european union public licence v. 1.2'],
  ['EUPL-1.1', 'european union public licence v. 1.1'],
  ['CDDL-1.1', 'common development and distribution license cddl version 1.1'],
  ['CDDL-1.0', 'common development and distribution license cddl version 1.0'],
  ['Artistic-2.0', 'the artistic license 2.0'],
  ['Artistic-1.0-Perl', 'the artistic license preamble', 'aggregation of this package with a commercial distribution', 'undump'],
  ['OSL-3.0', 'open software license v. 3.0'],
  ['AFL-3.0', 'academic free license afl v. 3.0'],
  ['OFL-1.1', 'sil open font license version 1.1'],
  ['MS-PL', 'microsoft public license'],
  ['PSF-2.0', 'python software foundation license version 2'],
  ['BlueOak-1.0.0', 'blue oak model license version 1.0.0'],
  ['CC0-1.0', 'cc0 1.0 universal'],
  ['CC-BY-4.0', 'attribution 4.0 international'],
  ['CC-BY-SA-4.0', 'attribution sharealike 4.0 international'],
  ['CC-BY-ND-4.0', 'attribution noderivatives 4.0 international'],
  ['CC-BY-NC-4.0', 'attribution noncommercial 4.0 international'],
  ['CC-BY-NC-SA-4.0', 'attribution noncommercial sharealike 4.0 international'],
  ['CC-BY-NC-ND-4.0', 'attribution noncommercial noderivatives 4.0 international'],
  ['Unlicense', 'this is free and unencumbered software released into the public domain'],
  ['WTFPL', 'do what the fuck you want to public license'],
  ['BSL-1.0', 'boost software license version 1.0'],
  [
    'Zlib',
    'permission is granted to anyone to use this software for any purpose including commercial applications',
    'an acknowledgment in the product documentation would be appreciated but is not required',
  ],
  ['ISC', 'permission to use copy modify and', 'distribute this software for any purpose with or without fee is hereby granted provided that'],
  ['0BSD', 'permission to use copy modify and', 'distribute this software for any purpose with or without fee is hereby granted. the software'],
  ['JSON', 'permission is hereby granted free of charge to any person obtaining a copy', 'the software shall be used for good not evil'],
  ['MIT', 'permission is hereby granted free of charge to any person obtaining a copy', 'the above copyright notice and this permission notice'],
  ['MIT-0', 'permission is hereby granted free of charge to any person obtaining a copy', 'furnished to do so. the software is provided as is'],
  [
    'BSD-4-Clause',
    'redistribution and use in source and binary forms',
    'all advertising materials mentioning features or use of this software must display',
    'be used to endorse or promote products derived from this software',
  ],
  ['BSD-3-Clause', 'redistribution and use in source and binary forms', 'be used to endorse or promote products derived from this software'],
  ['BSD-2-Clause', 'redistribution and use in source and binary forms', 'the documentation and or other materials provided with the distribution'],
];

/** Names of files in the root of a repository that hold its licence. */
export function isLicenceFile(path: string): boolean {
  return /^(licen[cs]e|copying|unlicense)([-.][\w.-]*)?$/i.test(path);
}

/** Characters at the start of a text in which its own licence begins; those of parts that it encloses, or only mentions, come further down. */
const head = 5000;

/** SPDX identifier of the licence that a text states, of several the one that begins first; `NOASSERTION` for one that we do not know. */
export function licenceOfText(text: string): string {
  const words = text.toLowerCase().replaceAll(/[^a-z\d.]+/g, ' ');
  const fitting = telltales.filter(([, ...sentences]) => sentences.every((sentence) => words.includes(sentence)));
  const begun = fitting.map(([licence, title]) => ({ licence, at: words.indexOf(title) })).filter(({ at }) => at < head);
  return begun.sort((a, b) => a.at - b.at)[0]?.licence ?? 'NOASSERTION';
}

/** What a text says that names several licences to choose from, as `COPYING` does beside `LICENSE-MIT` and `UNLICENSE`. */
const choice = /dual[- ]licen[cs]ed|either licen[cs]e/i;

/**
 * SPDX expression of the texts of a repository's licence files: all of them apply, unless one of the texts only says that several others
 * are a choice. Empty for none.
 */
export function licenceOfFiles(texts: readonly string[]): string {
  const licences = [...new Set(texts.map(licenceOfText))].sort();
  const named = licences.filter((licence) => licence !== 'NOASSERTION');
  const others = texts.filter((text) => licenceOfText(text) === 'NOASSERTION');
  const isChoice = named.length > 1 && others.length > 0 && others.every((text) => choice.test(text));
  return isChoice ? named.join(' OR ') : licences.join(' AND ');
}
