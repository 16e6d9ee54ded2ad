/** Texts as a reward model sees them, by the name that artifacts and checkpoints keep as their prompt format. */
export const promptFormats = {
  'question-answer': (question: string) => `Question: ${question}\n\nAnswer:\n`,
  'passage-question-answer': (passage: string, question: string) => `Passage: ${passage}\n\nQuestion: ${question}\n\nAnswer:\n`,
  'instruction-response': (instruction: string) => `Instruction: ${instruction}\n\nResponse:\n`,
};

/** Formats without a passage, and that of codes, around what they ask. What stands before an instruction is a system message. */
const frames = [
  /^Question: (.*)\n\nAnswer:\n$/s,
  /(?:^|\n\n)Instruction: (.*)\n\nResponse:\n$/s,
  /^### Code description:\n(.*)\n\n### Response:\n$/s,
];

/** The passage that a prompt asks about; null without one. */
export function passageOf(prompt: string): string | null {
  return /^Passage: (.*?)\n\nQuestion: .*\n\nAnswer:\n$/s.exec(prompt)?.[1] ?? null;
}

/**
 * What a prompt is about: its passage, or without one what it asks, without the words of its format and a system message. All of a text
 * that has no format.
 */
export function subjectOf(prompt: string): string {
  const asked = frames.map((frame) => frame.exec(prompt)?.[1]).find((each) => each !== undefined);
  return passageOf(prompt) ?? asked ?? prompt;
}
