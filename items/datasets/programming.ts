const names: { [short: string]: string } = {
  cpp: 'C++',
  go: 'Go',
  java: 'Java',
  javascript: 'JavaScript',
  js: 'JavaScript',
  python: 'Python',
  rust: 'Rust',
};

/** The name of a programming language that a benchmark abbreviates; English where it names none. */
export function programmingLanguage(short: unknown): string {
  return typeof short === 'string' ? (names[short] ?? short) : 'English';
}
