/** A prompt template, read. */
export interface PromptTemplate {
  /** Name of its file, which says what it is: text (`.txt`) or a chat (`.md`); null where the item itself is the message. */
  file: string | null;
  /** What is sent, with variables in it and line ends as on Unix. */
  body: string;
  /** The system message, the body being the user's as a whole; empty for none. Left out: the first of several paragraphs of the body. */
  system?: string;
  /** Requests with their answers that are shown to the model before each request. */
  examples: TemplateExample[];
  /** Texts that end an answer, besides those of the model. */
  stop: string[];
  /** What is taken of an answer. */
  extract: 'code' | 'text';
}

/** A value for each variable of the template, and the answer under `answer`. */
export interface TemplateExample {
  [variable: string]: string;
}

/** Matches a variable, `{code}`, with its name as the second group, and `{{code}}`, which stands for the text `{code}`, with it as the first. */
export const variablePattern = /\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}/g;
