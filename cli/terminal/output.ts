import pc from 'picocolors';
import { shellWord } from './text.ts';

/** What a command says: data on standard output, talk on standard error. */
export interface Output {
  json: boolean;
  /** Colours for standard error, none where it is no terminal or NO_COLOR is set. */
  paint: ReturnType<typeof pc.createColors>;
  /** A line of data. */
  data(line: string): void;
  /** One JSON object, on one line. */
  emit(object: object): void;
  /** A line for the person at the terminal; left out with --json. */
  talk(line: string): void;
  /** Commands that are useful now, with the configuration that this one was given; left out with --json. */
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
      const commands = plain.map(([command, why]) => [config === undefined ? command : `${command} --config ${shellWord(config)}`, why] as const);
      const longest = (texts: string[]): number => Math.max(...texts.map(({ length }) => length));
      const column = longest(commands.map(([command]) => command));
      const isTable = column + longest(commands.map(([, why]) => why)) + 5 <= (process.stderr.columns || 80);
      const width = isTable ? column : 0;
      talk('');
      for (const [command, why] of commands) talk(`  ${paint.bold(command.padEnd(width))}   ${paint.dim(why)}`);
    },
  };
}

/** Whether a stream is a terminal that shows colours and a person who wants them. */
export function usesColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}
