import { ApplicationFailure } from '@temporalio/activity';
import { unitsOf, type CompileInput, type CompileOutput, type Digest, type Plan } from '../../plan/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CompilerAnswer } from '../../ports/compiler.ts';
import type { Store } from '../../ports/store.ts';
import { keepPlan, readPlan } from '../../records/plan.ts';
import { isRunId } from '../../records/names.ts';
import { beginRecord } from '../../records/run.ts';
import { keepSubmission } from '../../records/submission.ts';

/**
 * Compiles a submission into the plan that the run is frozen to, or checks the plan that it brings, and keeps both in the store.
 * What is not valid ends the run with its diagnostics.
 */
export function compilePipeline(dependencies: Dependencies) {
  const { compiler, config, store } = dependencies;
  return async (spec: Uint8Array | string | null, { run, started, input, settings }: CompileInput): Promise<CompileOutput> => {
    if (!isRunId(run)) throw invalid(badId(run), { rendered: [], diagnostics: [] });
    const submitted = compiler.checkSubmission({ spec, input, settings });
    if (submitted.rendered.length > 0) throw invalid('the submission is not valid', submitted);
    const file = input.file ?? (spec === null ? 'plan.json' : 'pipeline.yaml');
    const { set: given, sweeps, cell, sample } = settings;
    const choices = { sweeps, cell, sample };
    const set = { ...input.set, ...given };
    const compiled =
      spec === null || input.plan !== undefined
        ? { ...(await submittedPlan(dependencies, input.plan)), files: input.files }
        : await compiler.compile({ source: spec, file, files: input.files, config, ...choices, set, toRun: true });
    if (!compiled.plan) throw invalid(`${file} is not a valid pipeline`, compiled);
    const digest = await keepPlan(store, compiled.plan);
    const text = typeof spec === 'string' ? spec : spec && new TextDecoder().decode(spec);
    await keepSubmission(store, { run, file, spec: text, files: compiled.files, ...choices, set }, started);
    const { name, budget } = compiled.plan;
    await beginRecord(store, { run, name, status: 'running', plan: digest, started }, unitsOf(compiled.plan));
    return { name, digest, store: store.id, budget, gpus: gpusOf(config), prices: pricesOf(config) };
  };
}

function badId(run: string): string {
  const expected = 'at most 200 letters (a to z, A to Z), digits and _ . : @ % + = , -, of which the first is a letter, a digit or _';
  return `${JSON.stringify(run)} cannot be the id of a run: expected ${expected}. Start it with another id (--workflow-id)`;
}

/** The most sentences in a failure, whose length the server limits. */
const mostShown = 100;

function invalid(problem: string, { rendered, diagnostics }: CompilerAnswer): ApplicationFailure {
  const more = rendered.length > mostShown ? [`and ${rendered.length - mostShown} more`] : [];
  return ApplicationFailure.nonRetryable([problem, ...rendered.slice(0, mostShown), ...more].join('\n\n'), 'PipelineInvalid', diagnostics);
}

async function submittedPlan({ compiler, config, store }: Dependencies, given: Plan | Digest | undefined) {
  const plan = typeof given === 'string' ? await planAt(store, given) : given;
  const rendered = plan ? compiler.checkPlan(plan, config) : [noPlan(given)];
  return { plan: rendered.length === 0 ? plan : undefined, rendered, diagnostics: [] };
}

async function planAt(store: Store, digest: string): Promise<Plan | undefined> {
  if (!/^[0-9a-f]{64}$/.test(digest) || !(await store.has(digest))) return undefined;
  return readPlan(store, digest);
}

function noPlan(given: Plan | Digest | undefined): string {
  if (typeof given !== 'string') return 'there is neither a spec nor a plan in the input';
  return `the store of the worker has no plan ${given}: submit it from a machine with the same store, or hand in the plan itself`;
}

function gpusOf({ pools }: Dependencies['config']): CompileOutput['gpus'] {
  return Object.fromEntries(Object.entries(pools).map(([name, { gpus = 0 }]) => [name, gpus]));
}

function pricesOf({ pools, endpoints }: Dependencies['config']): CompileOutput['prices'] {
  const ofPools = Object.entries(pools).flatMap(([name, { price }]) => (price === undefined ? [] : [[name, price] as const]));
  const ofEndpoints = Object.entries(endpoints).flatMap(([name, { price }]) => (price === undefined ? [] : [[name, price] as const]));
  return { pools: Object.fromEntries(ofPools), endpoints: Object.fromEntries(ofEndpoints) };
}
