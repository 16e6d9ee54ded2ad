import { Command } from 'commander';
import { commands } from './commands.ts';

/** The contents of `docs/commands.md`: the help of every command, as `--help` prints it in 100 columns. */
export async function commandsReference(): Promise<string> {
  const pages = await Promise.all(
    commands.map(async (entry) => `## ${entry.name}\n\n\`\`\`text\n${(await helpOf(entry)).trimEnd()}\n\`\`\``),
  );
  return `${['# Commands', introduction, ...pages].join('\n\n')}\n`;
}

async function helpOf({ name, summary, load }: (typeof commands)[number]): Promise<string> {
  let text = '';
  const program = new Command('codepmp');
  const command = program.command(name).description(summary);
  (await load()).define(command);
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 100, getOutHasColors: () => false }).outputHelp();
  return text;
}

const introduction = `This page is written from the commands themselves; \`codepmp COMMAND --help\` prints the same. Data goes to standard output and messages
to standard error. With \`--json\` a command prints JSON, one value or one per line. No command asks a question unless it runs in a terminal.

| exit code | meaning |
|---|---|
| 0 | done, and nothing wrong was found |
| 1 | the file has errors, or the run failed |
| 2 | the command was used wrongly |
| 3 | the run was cancelled |
| 4 | a server cannot be reached, or refuses access |
| 5 | the run succeeded, but a claim does not hold |
| 6 | the run is parked and waits for a decision |
| 10 | \`plan --detailed-exitcode\`: something would run |
| 130 | interrupted; the run continues |`;
