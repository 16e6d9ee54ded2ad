import type { Command } from 'commander';
import { wrap } from '../../text/index.ts';
import { textColumns } from './text.ts';

/** Adds a text below the help of a command, in lines as wide as the help is; line breaks in the text stay. */
export function withNotes(command: Command, text: string): Command {
  return command.addHelpText('after', () => {
    const width = command.configureOutput().getOutHelpWidth?.() ?? textColumns;
    return `\n${text.split('\n').flatMap((line) => wrap(line, width)).join('\n')}`;
  });
}
