/** Texts as a reward model sees them, by the name that artifacts and checkpoints keep as their prompt format. */
export const promptFormats = {
  'question-answer': (question: string) => `Question: ${question}\n\nAnswer:\n`,
  'passage-question-answer': (passage: string, question: string) => `Passage: ${passage}\n\nQuestion: ${question}\n\nAnswer:\n`,
  'instruction-response': (instruction: string) => `Instruction: ${instruction}\n\nResponse:\n`,
};
