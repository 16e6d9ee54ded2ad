import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { exit, CommandFailure } from './terminal/failure.ts';
import { withNotes } from './terminal/help.ts';
import { versionOf } from './terminal/installation.ts';

/** The command line: loads only the requested command and exits with its exit code. */
async function main(argv: string[]): Promise<number> {
  const [first, second] = argv.filter((each) => !each.startsWith('-'));
  const asked = first === 'help' ? second : first;
  const program = new Command('codepmp')
    .description('Run code-preference pretraining experiments described in one YAML file.')
    .version(versionOf())
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });
  withNotes(program, 'Start here: codepmp quickstart, or codepmp init. Every command has --help, and all but uninstall have --json.');
  for (const { name, summary, load } of commands) {
    const command = program
      .command(name)
      .description(summary)
      .exitOverride()
      .showHelpAfterError('(--help shows the arguments and options)');
    if (name === asked) (await load()).define(command);
  }
  try {
    if (argv.length === 0) program.help();
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? exit.done);
  } catch (error) {
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.usage;
  if (error instanceof CommandFailure) {
    process.stderr.write(`codepmp: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof Error && 'class' in error) {
    process.stderr.write(`codepmp: ${error.message}\n`);
    return error.class === 'auth' || error.class === 'unavailable' ? exit.unreachable : exit.failed;
  }
  if (error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd') {
    process.stderr.write('codepmp: the working folder was removed. Go to another folder and start the command there\n');
    return exit.failed;
  }
  process.stderr.write(`codepmp: unexpected ${error instanceof Error ? error.stack : String(error)}\n`);
  return exit.failed;
}

/** A pipe that closes early, as with `head`, is not a failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? exit.done : exit.failed));

const code = await main(process.argv.slice(2));
process.stdout.write('', () => process.exit(code));
