import { Type } from '@sinclair/typebox';
import { choice } from '../fields.ts';

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
