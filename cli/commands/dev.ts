import { InvalidArgumentError, type Command } from 'commander';
import { openContext, withCommonOptions, type CommonOptions, type Context } from '../context.ts';
import { withNotes } from '../terminal/help.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { wantedOf } from '../runs/server.ts';
import { assertNoneGoOn, isFreePort, lastWanted, readState, runningState, runsElsewhere } from '../supervisor/index.ts';
import { servicesOf, stopServices, supervise } from '../supervisor/index.ts';
import type { DevState } from '../supervisor/index.ts';
import { duration } from '../terminal/text.ts';

/** Temporal's default port, which its own command line uses. */
const defaultPort = 7233;
const uiOffset = 1000;

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .argument('[action]', 'status or stop (default: run in the foreground until Ctrl-C)')
    .option('--port <port>', 'port of the Temporal server', portOf, defaultPort)
    .option('--ui-port <port>', "port of Temporal's web page (default: --port plus 1000)", portOf)
    .action(dev);
}

async function dev(action: string | undefined, options: CommonOptions & { port: number; uiPort?: number }): Promise<void> {
  const context = openContext(options);
  if (action === undefined) return foreground(context, options);
  if (action === 'status') return status(context);
  if (action === 'stop') return stopAll(context);
  throw new CommandFailure(`dev ${action}: expected status, stop, or no argument to run in the foreground`, exit.usage);
}

async function foreground(context: Context, { port, uiPort = port + uiOffset }: { port: number; uiPort?: number }): Promise<void> {
  const { config, home, output } = context;
  await refuseIfRunning(config.store);
  for (const [option, each] of [['--port', port], ['--ui-port', uiPort]] as const)
    if (!(await isFreePort(each))) throw new CommandFailure(`port ${each} is in use; choose another with ${option}`, exit.unreachable);
  const stopper = new AbortController();
  process.on('SIGINT', () => stopper.abort());
  process.on('SIGTERM', () => stopper.abort());
  const onReady = ({ address, ui }: DevState): void => {
    if (output.json) return output.emit({ type: 'ready', address, ui });
    output.talk(`Temporal server at ${address}, web page at ${ui}, worker for the store ${config.store}; Ctrl-C stops all three`);
  };
  output.talk(output.paint.dim('starting …'));
  const own = wantedOf(context, { asker: null });
  const wanted = config.file === null ? lastWanted(config.store, own) : own;
  const held = await supervise({
    store: config.store,
    home,
    wanted,
    port,
    uiPort,
    idleMs: null,
    signal: stopper.signal,
    onServer: (state) => assertNoneGoOn(state, { store: config.store, wanted }),
    onReady,
  });
  if (held) await refuseIfRunning(config.store);
}

async function refuseIfRunning(store: string): Promise<void> {
  refuseIfElsewhere(store);
  const state = runningState(store);
  if (!state) return;
  throw new CommandFailure(
    `the services of ${store} are already running at ${state.address} (process ${state.pid}). Use them, or stop them first: codepmp dev stop`,
    exit.unreachable,
  );
}

function refuseIfElsewhere(store: string): void {
  const elsewhere = runsElsewhere(store);
  if (elsewhere !== null) throw new CommandFailure(elsewhere, exit.unreachable);
}

function status({ config, output }: Context): void {
  refuseIfElsewhere(config.store);
  const state = runningState(config.store);
  const left = state ? [] : servicesOf(config.store);
  if (output.json) return output.emit(state ? { running: true, ...state } : { running: false, store: config.store, left });
  if (left.length > 0) {
    const processes = left.map((pid) => `process ${pid}`).join(', ');
    output.data(`the supervisor of ${config.store} has ended, but what it started still runs: ${processes}`);
    return output.next([
      ['codepmp dev stop', 'end it'],
      ['codepmp run FILE', 'any run or watch starts a supervisor, and server and worker anew; unfinished runs continue'],
    ]);
  }
  if (!state) {
    const failed = readState(config.store);
    output.data(`no services are running for ${config.store}`);
    if (failed?.message !== undefined) output.talk(`the last start failed: ${failed.message}`);
    return output.next([['codepmp run FILE', 'starts them when needed']]);
  }
  const { address, ui, pid, server, worker, restarts, started } = state;
  output.data(`${state.state} for ${duration(Date.now() - started)}`);
  output.data(`  Temporal server   ${address}   process ${server ?? 'none'}, restarted ${restarts.server}×`);
  output.data(`  web page          ${ui}`);
  output.data(`  worker            process ${worker ?? 'none'}, restarted ${restarts.worker}×`);
  output.data(`  supervisor        process ${pid}`);
  output.data(`  logs              ${config.store}/dev/logs`);
  output.next([['codepmp dev stop', 'stop them']]);
}

async function stopAll({ config, output }: Context): Promise<void> {
  refuseIfElsewhere(config.store);
  const { supervisor, left } = await stopServices(config.store);
  if (output.json) return output.emit({ stopped: supervisor !== null || left > 0, store: config.store });
  output.talk(
    supervisor === null && left === 0
      ? `no services are running for ${config.store}`
      : 'stopped; unfinished runs continue at the next codepmp run or watch',
  );
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('expected a port from 1 to 65535.');
  return port;
}

const help =
  'Each store has one supervisor, which starts the Temporal server and the worker and restarts them when they die. codepmp run ' +
  'starts it in the background, where it stops after ten minutes without an unfinished run; codepmp dev runs it in the foreground ' +
  'until Ctrl-C. With --json it prints {"type":"ready","address":…,"ui":…} when both are ready.';
