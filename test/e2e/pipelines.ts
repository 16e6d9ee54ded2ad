import { createHash } from 'node:crypto';

/** Operator's configuration of a test: endpoints by URL, a folder of modules, tiny weights. */
export function config(
  options: { endpoints?: { [name: string]: string }; weights?: string; concurrency?: number; outage?: number; timeout?: number } = {},
): string {
  const { endpoints = {}, weights, concurrency = 16, outage = 3, timeout = 600 } = options;
  const lines = ['codepmp_config: 1', 'sources:', '  modules: {path: modules}'];
  if (Object.keys(endpoints).length > 0) lines.push('endpoints:');
  for (const [name, url] of Object.entries(endpoints))
    lines.push(
      `  ${name}: {url: "${url}", model: fast, concurrency: ${concurrency}, outage: ${outage}, timeout: ${timeout}, identity: "sha256:${createHash('sha256').update(name).digest('hex')}"}`,
    );
  if (weights) lines.push('weights:', `  tiny: {path: "${weights}"}`);
  return `${lines.join('\n')}\n`;
}

/** Files of small Python modules in a folder, all different. */
export function modules(count: number, folder = 'modules'): { [name: string]: string } {
  const names = Array.from({ length: count }, (_, index) => index);
  return Object.fromEntries(
    names.map((index) => [
      `${folder}/module_${index}.py`,
      `"""Module ${index}."""\n\n\ndef scale_${index}(value):\n    """Scales a value."""\n    return value * ${index} + ${index % 7}\n`,
    ]),
  );
}

/** From modules to pairs: three requests a module. `chunk`: items handled together; default: chosen from their number. */
export function generation({ take, chunk }: { take: number; chunk?: number }): string {
  const run = chunk === undefined ? '' : `, run: {chunk: ${chunk}}`;
  return `codepmp: 1
name: generation
models:
  strong: {endpoint: fast, temperature: 0.3, max_tokens: 256}
  weak: {endpoint: fast, temperature: 1, max_tokens: 256}
steps:
  code: {uses: source/files, with: {source: modules, include: ["**/*.py"], characters: {min: 10, max: 5000}, take: ${take}, seed: 1}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}${run}}
  half: {uses: clip, with: {prompts: prompts, keep: 0.5}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: half, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
`;
}

/** A small reward model on generated arithmetic; a higher `presentations` trains longer. */
export function training({
  lr = '2e-4',
  presentations = 24,
  every = 2,
}: { lr?: string; presentations?: number; every?: number } = {}): string {
  return `codepmp: 1
name: training
steps:
  arithmetic: {uses: dataset/arithmetic, with: {train: 60, test: 24, choices: 8, questions: 4, seed: 3}}
  rm:
    uses: train/rm
    with:
      init: tiny
      pairs: arithmetic.train
      schedule: {kind: wcd, lr: ${lr}, warmup: 0.1}
      batch_size: 4
      max_length: 256
      presentations: ${presentations}
      checkpoint_every: ${every}
      seed: 1
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: arithmetic.test}}
  report: {uses: report, with: {metrics: [accuracy], training: [rm]}}
`;
}
