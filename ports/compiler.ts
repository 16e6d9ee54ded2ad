import type { CompileInput, ParamValues, Plan, PromptTemplate } from '../plan/index.ts';
import type { Config } from './configuration.ts';

/** The compiler's problems with a submission, as data and as text with code frames. */
export interface CompilerAnswer {
  diagnostics: object[];
  rendered: string[];
}

/** The compiler, as far as a worker needs it: what is submitted may be hostile. */
export interface Compiler {
  /** Compiles a file in a process of its own; without a plan, at least one diagnostic is an error. */
  compile(options: {
    source: Uint8Array | string;
    /** Name of the file, for diagnostics. */
    file: string;
    /** Texts of the files it extends, by their path. */
    files: { [path: string]: string } | undefined;
    config: Config;
    set: ParamValues;
    sweeps?: string[] | undefined;
    cell?: ParamValues | undefined;
    sample?: number | undefined;
    /** Weights that cannot be trained are errors, not warnings. */
    toRun: true;
  }): Promise<CompilerAnswer & { plan?: Plan | undefined; files?: { [path: string]: string } }>;
  /** Checks everything of a submission but the pipeline or the plan in it. */
  checkSubmission(submitted: Pick<CompileInput, 'input' | 'settings'> & { spec: unknown }): CompilerAnswer;
  /** Reads the file of a prompt template for a kind of step; null with what is wrong in it, as text with code frames. */
  readTemplate(source: Uint8Array, asked: { file: string; kind: string }): { template: PromptTemplate | null; rendered: string[] };
  /** Problems of a plan that was made before; none: it may run. */
  checkPlan(plan: unknown, config: Config): string[];
}
