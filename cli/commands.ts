import type { Command } from 'commander';

/** A command by name; its file is loaded only when the command is used. */
interface CommandEntry {
  name: string;
  summary: string;
  load: () => Promise<{ define: (command: Command) => void }>;
}

/** In the order of use. */
export const commands: CommandEntry[] = [
  { name: 'quickstart', summary: 'run the shipped example, from source code to report', load: () => import('./commands/quickstart.ts') },
  { name: 'paper-toy', summary: "run the paper's experiments at toy sizes", load: () => import('./commands/paper-toy.ts') },
  { name: 'init', summary: 'write a commented starter pipeline and configuration', load: () => import('./commands/init.ts') },
  { name: 'validate', summary: 'check a pipeline file', load: () => import('./commands/validate.ts') },
  { name: 'explain', summary: 'explain an error code, or why a step runs or is reused', load: () => import('./commands/explain.ts') },
  { name: 'diff', summary: 'compare two runs, two files, or a file with a run', load: () => import('./commands/diff.ts') },
  { name: 'graph', summary: 'draw a pipeline or a run as a graph', load: () => import('./commands/graph.ts') },
  { name: 'plan', summary: 'show what a pipeline would run and what it would reuse', load: () => import('./commands/plan.ts') },
  { name: 'bundle', summary: 'combine a pipeline and the files it extends into one file', load: () => import('./commands/bundle.ts') },
  { name: 'try', summary: 'run one step on a few items and print the results', load: () => import('./commands/try.ts') },
  { name: 'run', summary: 'run a pipeline and watch it', load: () => import('./commands/run.ts') },
  { name: 'list', summary: 'list runs', load: () => import('./commands/list.ts') },
  { name: 'status', summary: "show a run's status", load: () => import('./commands/status.ts') },
  { name: 'watch', summary: 'follow a run to its end', load: () => import('./commands/watch.ts') },
  { name: 'logs', summary: "print the logs of a step's processes", load: () => import('./commands/logs.ts') },
  { name: 'show', summary: "print a step's items, even while the run is in progress", load: () => import('./commands/show.ts') },
  {
    name: 'endpoints',
    summary: 'show or change how many requests an endpoint has in flight',
    load: () => import('./commands/endpoints.ts'),
  },
  { name: 'resume', summary: 'run the pipeline of an earlier run again, reusing its results', load: () => import('./commands/resume.ts') },
  { name: 'retry', summary: 'decide about a parked step: retry it, skip it, or end the run', load: () => import('./commands/retry.ts') },
  { name: 'cancel', summary: 'stop a run and wait until it has stopped', load: () => import('./commands/cancel.ts') },
  { name: 'rm', summary: 'delete run records (results stay in the store)', load: () => import('./commands/rm.ts') },
  { name: 'report', summary: "print a run's report", load: () => import('./commands/report.ts') },
  { name: 'inspect', summary: "browse a run's pairs, candidates and training curves", load: () => import('./commands/inspect.ts') },
  { name: 'export', summary: "copy a step's pairs, its checkpoint or its curves into a new folder", load: () => import('./commands/export.ts') },
  { name: 'verify', summary: 'check every file of the store and set damaged ones aside', load: () => import('./commands/verify.ts') },
  { name: 'gc', summary: 'delete what no run needs from the store', load: () => import('./commands/gc.ts') },
  {
    name: 'forget',
    summary: 'delete what comes from a repository or a licence, and leave it out from now on',
    load: () => import('./commands/forget.ts'),
  },
  { name: 'schema', summary: 'print the JSON Schema of pipelines, the configuration or plans', load: () => import('./commands/schema.ts') },
  { name: 'doctor', summary: 'check everything codepmp needs', load: () => import('./commands/doctor.ts') },
  { name: 'worker', summary: 'run a worker in the foreground', load: () => import('./commands/worker.ts') },
  { name: 'dev', summary: 'run, show or stop the embedded server and worker', load: () => import('./commands/dev.ts') },
  { name: 'uninstall', summary: 'delete what the set-up downloaded', load: () => import('./commands/uninstall.ts') },
];
