import { createRandom, type Random } from '../arithmetic/random.ts';

/** A dump of StackExchange: questions about Python, each with a useful answer of a high score and a useless one of a low score. */
export function postsXml(seed: number, questions: number): string {
  const random = createRandom(seed, 'forum');
  const rows = Array.from({ length: questions }, (_, index) => threadRows(random, 1 + index * 3)).flat();
  return `<?xml version="1.0" encoding="utf-8"?>\r\n<posts>\r\n${rows.map((row) => `  <row ${row} />\r\n`).join('')}</posts>\r\n`;
}

const tasks = [
  ['reverse', 'values[::-1]', 'It makes a copy in the reverse order and leaves the list as it is.'],
  ['sort', 'sorted(values)', 'It returns a new list, and the order of equal values stays the same.'],
  ['copy', 'list(values)', 'The new list has the same members, and changing one list does not change the other.'],
  ['count the distinct values of', 'len(set(values))', 'It works for all values that can be hashed, such as numbers and texts.'],
  ['find the largest value of', 'max(values)', 'It raises an error when the list is empty, so test for that first.'],
] as const;

function threadRows(random: Random, id: number): string[] {
  const [task, code, reason] = random.pick(tasks);
  const size = random.between(3, 9999);
  const title = `How do I ${task} a list of ${size} values in Python?`;
  const question = `<p>I have a list of ${size} values in a variable called <code>values</code>. How do I ${task} it without a loop?</p>`;
  const useful = `<p>Use the expression below. ${reason}</p>\n<pre><code>result = ${code}\n</code></pre>`;
  const useless = `<p>Why would you want to ${task} it at all? Write a loop with ${random.between(2, 9)} lines, that is what everybody does.</p>`;
  const [up, down] = [random.between(5, 40), random.between(-3, 2)];
  return [
    `Id="${id}" PostTypeId="1" AcceptedAnswerId="${id + 1}" ${common(up, question)} Title="${escaped(title)}" Tags="|python|list|"`,
    `Id="${id + 1}" PostTypeId="2" ParentId="${id}" ${common(up, useful)}`,
    `Id="${id + 2}" PostTypeId="2" ParentId="${id}" ${common(down, useless)}`,
  ];
}

function common(score: number, body: string): string {
  return `CreationDate="2020-01-01T00:00:00.000" Score="${score}" Body="${escaped(body)}" OwnerUserId="1" ContentLicense="CC BY-SA 4.0"`;
}

const entities: { [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#xA;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"\n]/g, (character) => entities[character] ?? character);
}
