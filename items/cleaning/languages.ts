import type { Language } from 'linguist-languages';
import { languageOf } from '../languages.ts';
import { slugOf } from './bigcode-extensions.ts';

/** What GitHub's linguist knows of languages. */
interface LanguageTable {
  /** The language that a name or another name of it means. Throws where there is none. */
  named(name: string): string;
  /**
   * Name of the language that a row was read with, as it is where linguist does not know it. Where that is none or `Text`, that of its path
   * and first line, or `Text`.
   */
  of(row: { language: string; path: string; text: string }): string;
}

/** Reads linguist's table of languages. */
export async function readLanguages(): Promise<LanguageTable> {
  const languages: readonly Language[] = Object.values(await import('linguist-languages'));
  const names = languages.flatMap(({ name, aliases = [] }) => [name, ...aliases].map((each) => ({ each, name: `${name}` })));
  const spelt = [slugOf, (each: string) => each.toLowerCase()];
  const byName = new Map(spelt.flatMap((spell) => names.map(({ each, name }) => [spell(each), name])));
  const byFile = namesOfOne(languages);
  // Where several have an interpreter, the first by name is the usual one: JavaScript, Lua, Perl.
  const byInterpreter = new Map(languages.toReversed().flatMap(({ name, interpreters = [] }) => interpreters.map((each) => [each, name])));
  const ofPath = (path: string): string | undefined => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return byFile.get(name) ?? byFile.get(name.slice(name.lastIndexOf('.')).toLowerCase());
  };
  return {
    named(name) {
      const language = byName.get(name.toLowerCase());
      if (language === undefined) throw new Error(`${name} is no language that GitHub knows`);
      return language;
    },
    of({ language, path, text }) {
      const given = byName.get(language.toLowerCase()) ?? language;
      if (given !== '' && given !== 'Text') return given;
      const written = languageOf(path);
      return written === 'Text' ? (ofPath(path) ?? byInterpreter.get(interpreterOf(text)) ?? written) : written;
    },
  };
}

/** Extensions and names of files that belong to one language only. */
function namesOfOne(languages: readonly Language[]): Map<string, string> {
  const named = languages.flatMap(({ name, extensions = [], filenames = [] }) =>
    [...extensions, ...filenames].map((file) => ({ file, name })),
  );
  const groups = [...Map.groupBy(named, ({ file }) => file)];
  return new Map(groups.flatMap(([file, [first, ...others]]) => (first && others.length === 0 ? [[file, first.name] as const] : [])));
}

/** `python3` of `#!/usr/bin/env python3.12`; empty where a text does not begin so. */
function interpreterOf(text: string): string {
  return /^#! *(?:\S*\/env +(?:-S +)?|\S*\/)([\w+-]+)/.exec(text)?.[1] ?? '';
}
