import { Type } from '@sinclair/typebox';
import { choice, closed } from './fields.ts';

/** What the head of a prompt template may say: YAML between two lines of `---`, before what is sent. */
export const templateHeadSchema = Type.Object(
  {
    system: Type.Optional(
      Type.String({
        description:
          'The system message of a chat; the text below the head is then the user message as a whole. An empty text: there is no system message.',
        maxLength: 100_000,
        examples: ['You write code.\n\nYou never explain it.', ''],
      }),
    ),
    stop: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      description: 'Texts that end an answer, besides those of the model.',
      maxItems: 8,
      default: [],
      examples: [['\n###']],
    }),
    extract: choice(['code', 'text'], {
      description: 'What is taken of an answer where a step takes code: the code in it, or all of its text.',
      default: 'code',
      examples: ['text'],
    }),
    examples: Type.Array(Type.Unsafe<{ [variable: string]: string }>({ type: 'object', additionalProperties: { type: 'string' } }), {
      description:
        'Requests that are shown to a chat model with their answers before each request: a value for each variable of the template, and the `answer`.',
      maxItems: 64,
      default: [],
      examples: [[{ description: 'Adds two numbers.', language: 'Python', answer: 'def add(a, b):\n    return a + b' }]],
    }),
  },
  closed,
);

/** The same as it is written: what has a default may be left out. */
export const writtenHeadSchema = Type.Partial(templateHeadSchema);
