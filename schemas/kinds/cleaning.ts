import { createRequire } from 'node:module';
import { Type } from '@sinclair/typebox';
import type { Language } from 'linguist-languages';
import type correct from 'spdx-correct';
import type parse from 'spdx-expression-parse';
import { choice } from '../fields.ts';
import type { Contradiction } from './kind.ts';

/** What is done about private pieces of a text. */
function treatment(of: string) {
  return choice(['keep', 'replace', 'drop'], {
    description: `What happens to a file with ${of}: it stays as it is, they are replaced in it, or it is left out.`,
    default: 'replace',
    examples: ['drop'],
  });
}

/** The settings of the rules that look at one file at a time. */
export const cleaningRuleSettings = {
  profile: choice(['bigcode-1', 'deepseek-1', 'starcoder2-1', 'none'], {
    description:
      'Limits for the text of a file: those of StarCoder, DeepSeek-Coder or StarCoder2. A profile never changes; other limits get a new name.',
    default: 'starcoder2-1',
    examples: ['bigcode-1'],
  }),
  leave_out: Type.Array(choice(['generated', 'vendored'], { description: 'A sort of file.', examples: ['generated'] }), {
    description: 'Files that nobody of the project wrote: generated or minified ones, and copies of other projects.',
    uniqueItems: true,
    default: ['generated', 'vendored'],
    examples: [['generated']],
  }),
  languages: Type.Array(Type.String({ minLength: 1 }), {
    description: 'Languages to keep, by their names on GitHub; an empty list: all.',
    default: [],
    examples: [['Python', 'TypeScript']],
  }),
  licences: Type.Array(Type.String({ minLength: 1 }), {
    description:
      'Licences to keep: SPDX identifiers, or permissive for those that the Blue Oak Council rates bronze or better; an empty list: all, and files without a known one.',
    default: [],
    examples: [['permissive', 'MPL-2.0']],
  }),
  secrets: treatment('keys, tokens or passwords'),
  personal_data: treatment('mail or IP addresses'),
};

const require = createRequire(import.meta.url);

/**
 * Names of languages and licences that do not exist, by the rules of the step itself, which would find them only when it has its corpus.
 * Their tables are large, and read only for a step that names something.
 */
export function checkNames(
  { languages, licences }: { languages: readonly string[]; licences: readonly string[] },
  step: string,
): Contradiction[] {
  return [
    ...(languages.length > 0 ? unknownLanguages(languages, step) : []),
    ...(licences.some((name) => name !== 'permissive') ? unknownLicences(licences, step) : []),
  ];
}

function unknownLanguages(languages: readonly string[], step: string): Contradiction[] {
  const known: readonly Language[] = Object.values(require('linguist-languages') as { [name: string]: Language });
  const names = known.flatMap(({ name, aliases = [] }): string[] => [name, ...aliases]);
  const spelt = new Set(names.flatMap((name) => [name.toLowerCase(), withHyphens(name)]));
  return languages
    .filter((name) => !spelt.has(name.toLowerCase()))
    .map((name) => ({
      key: 'languages',
      message: `${step} keeps ${name}, which is no language that GitHub knows`,
      expected: 'the name of a language on GitHub',
      got: name,
      known: names,
      hint: 'name it as GitHub shows it for a file',
    }));
}

/** A language as data sets write it: `c-sharp` for `C#`. */
function withHyphens(language: string): string {
  return language.toLowerCase().replaceAll(' ', '-').replace('#', '-sharp');
}

function unknownLicences(licences: readonly string[], step: string): Contradiction[] {
  const meant = require('spdx-correct') as typeof correct;
  const parsed = require('spdx-expression-parse') as typeof parse;
  const isOne = (name: string): boolean => {
    const id = name.trim() === '' ? null : meant(name, { upgrade: false });
    const expression = id === null ? null : parsed(id);
    return expression !== null && !('conjunction' in expression) && expression.exception === undefined;
  };
  return licences
    .filter((name) => name !== 'permissive' && !isOne(name))
    .map((name) => ({
      key: 'licences',
      message: `${step} keeps ${name}, which is no licence of the SPDX list`,
      expected: 'an SPDX identifier, or permissive',
      got: name,
      known: ['permissive'],
      hint: 'name each licence alone, by its identifier at spdx.org/licenses',
    }));
}
