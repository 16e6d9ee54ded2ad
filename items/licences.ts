/** Sentences that only one licence has, by its SPDX identifier; of several that fit, the first is meant. */
const telltales: readonly (readonly [licence: string, ...sentences: string[]])[] = [
  ['Apache-2.0', 'apache license', 'version 2.0, january 2004'],
  ['AGPL-3.0-only', 'gnu affero general public license', 'version 3, 19 november 2007'],
  ['LGPL-3.0-only', 'gnu lesser general public license', 'version 3, 29 june 2007'],
  ['LGPL-2.1-only', 'gnu lesser general public license', 'version 2.1, february 1999'],
  ['GPL-3.0-only', 'gnu general public license', 'version 3, 29 june 2007'],
  ['GPL-2.0-only', 'gnu general public license', 'version 2, june 1991'],
  ['MPL-2.0', 'mozilla public license version 2.0'],
  ['EPL-2.0', 'eclipse public license - v 2.0'],
  ['CC0-1.0', 'cc0 1.0 universal'],
  ['Unlicense', 'this is free and unencumbered software released into the public domain'],
  ['BSL-1.0', 'boost software license - version 1.0'],
  ['ISC', 'permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted'],
  ['MIT', 'permission is hereby granted, free of charge, to any person obtaining a copy', 'the above copyright notice and this permission notice'],
  [
    'BSD-3-Clause',
    'redistribution and use in source and binary forms',
    'may be used to endorse or promote products derived from this software without',
  ],
  ['BSD-2-Clause', 'redistribution and use in source and binary forms', 'the documentation and/or other materials provided with the distribution'],
];

/** Names of files in the root of a repository that hold its licence. */
export function isLicenceFile(path: string): boolean {
  return /^(licen[cs]e|copying|unlicense)([-.][\w.-]*)?$/i.test(path);
}

/** SPDX identifier of the licence that a text states; `NOASSERTION` for one that we do not know. */
export function licenceOfText(text: string): string {
  const words = text.toLowerCase().replaceAll(/\s+/g, ' ');
  const found = telltales.find(([, ...sentences]) => sentences.every((sentence) => words.includes(sentence)));
  return found?.[0] ?? 'NOASSERTION';
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
