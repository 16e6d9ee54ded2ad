import { Type } from '@sinclair/typebox';
import type { CheckedStep, Contradiction } from './kind.ts';

/** A folder with prompt templates of the user's own. */
export const ownTemplates = {
  templates: { description: 'Name of a folder with prompt templates of your own, under `sources` of the configuration.', optional: true },
} as const;

interface TemplateOptions {
  /** What the template does: `How a file is shown`. */
  what: string;
  /** Its variables: one that a template of one's own must have, and others. */
  variables: readonly string[];
  /** Names of the templates that come with codepmp; the first is the default. */
  shipped: readonly string[];
  /** The same, each with what it says. */
  inWords: string;
}

/** Names the wording of a request: a template that comes with codepmp, or a file of the folder `templates`. */
export function templateSetting({ what, variables, shipped, inWords }: TemplateOptions) {
  const [item, ...others] = variables.map((name) => `{${name}}`);
  const named = [item, ...others.map((other) => `if you like, ${other}`)].join(' and, ');
  return Type.String({
    description: `${what}: ${inWords}; or a file of the folder templates, with ${named} in it: text (.txt) is sent as it is for the model to go on with, Markdown (.md) is a chat whose first paragraph is the system message. See [prompt templates](#prompt-templates).`,
    minLength: 1,
    default: shipped[0] ?? '',
    examples: [...shipped],
  });
}

/** A template that is neither shipped nor a file of a folder that the step names. */
export function checkTemplate(template: string, { name, sources }: CheckedStep, shipped: readonly string[]): Contradiction[] {
  const problem = { key: 'template', got: template };
  if (!sources.includes('templates'))
    return shipped.includes(template)
      ? []
      : [
          {
            ...problem,
            message: `${name} asks with a template that does not exist`,
            expected: `one of ${shipped.join(', ')}`,
            hint: 'name one of these, or the folder of your own file with templates',
          },
        ];
  if (!shipped.includes(template) && /\.(md|txt)$/.test(template)) return [];
  return [
    {
      ...problem,
      message: `${name} names a folder of templates and no file of it`,
      expected: 'a file whose name ends in .md or .txt',
      hint: 'name the file with template, or leave templates out',
    },
  ];
}
