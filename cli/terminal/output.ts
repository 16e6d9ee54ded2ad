import pc from 'picocolors';
import { shellWord, textColumns } from './text.ts';

/** The output of a command: data on standard output, messages on standard error. */
export interface Output {
  json: boolean;
  /** Colours for standard error; none if it is not a terminal or NO_COLOR is set. */
  paint: ReturnType<typeof pc.createColors>;
  /** A line of data. */
  data(line: string): void;
  /** One JSON object, on one line. */
  emit(object: object): void;
  /** A message for the person at the terminal; left out with --json. */
  talk(line: string): void;
  /** Useful next commands, with the same --config as this one; left out with --json. */
  next(commands: [command: string, why: string][]): void;
}

export function createOutput({ json, config }: { json: boolean; config?: string | undefined }): Output {
  const paint = pc.createColors(usesColor(process.stderr));
  const talk = (line: string): void => {
    if (!json) process.stderr.write(`${line}\n`);
  };
  return {
    json,
    paint,
    data: (line) => void process.stdout.write(`${line}\n`),
    emit: (object) => void process.stdout.write(`${JSON.stringify(object)}\n`),
    talk,
    next: (plain) => {
      const commands = plain.map(
        ([command, why]) => [config === undefined ? command : `${command} --config ${shellWord(config)}`, why] as const,
      );
      const longest = (texts: string[]): number => Math.max(...texts.map(({ length }) => length));
      const column = longest(commands.map(([command]) => command));
      const isTable = column + longest(commands.map(([, why]) => why)) + 5 <= (process.stderr.columns || textColumns);
      const width = isTable ? column : 0;
      talk('');
      for (const [command, why] of commands) talk(`  ${paint.bold(command.padEnd(width))}   ${paint.dim(why)}`);
    },
  };
}

/** Whether a stream is a terminal with colours and they are not switched off. */
export function usesColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}
