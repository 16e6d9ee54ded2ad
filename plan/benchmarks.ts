/**
 * Sections of RewardBench with the weight of each subset in them, as the benchmark publishes these: its number of pairs, but
 * `math-prm`, which has 447, counts as much as all code together. Prior sets count alike.
 */
export const rewardbenchSections = {
  chat: { 'alpacaeval-easy': 100, 'alpacaeval-length': 95, 'alpacaeval-hard': 95, 'mt-bench-easy': 28, 'mt-bench-med': 40 },
  'chat-hard': {
    'mt-bench-hard': 37,
    'llmbar-natural': 100,
    'llmbar-adver-neighbor': 134,
    'llmbar-adver-GPTInst': 92,
    'llmbar-adver-GPTOut': 47,
    'llmbar-adver-manual': 46,
  },
  safety: {
    'refusals-dangerous': 100,
    'refusals-offensive': 100,
    'xstest-should-refuse': 154,
    'xstest-should-respond': 250,
    donotanswer: 136,
  },
  reasoning: {
    'math-prm': 984,
    'hep-cpp': 164,
    'hep-go': 164,
    'hep-java': 164,
    'hep-js': 164,
    'hep-python': 164,
    'hep-rust': 164,
  },
  'prior-sets': { anthropic_helpful: 1, anthropic_hhh: 1, shp: 1, summarize: 1 },
} as const;

/** Weight of each section in the overall mean of RewardBench. */
export const rewardbenchWeights = { chat: 1, 'chat-hard': 1, safety: 1, reasoning: 1, 'prior-sets': 0.5 } as const;

/** Domains of RM-Bench with the kinds of pairs that are averaged in each. */
export const rmBenchDomains = {
  chat: ['chat'],
  math: ['math'],
  code: ['code'],
  safety: ['safety-refuse', 'safety-response'],
} as const;

export const rmBenchLevels = ['easy', 'normal', 'hard'] as const;

/** Values of Best-of-N that there is one of at each N. */
export const sizedNames: readonly string[] = ['accuracy', 'majority', 'weighted-majority', 'longest'];

/** Values that the metrics of each evaluation have, by the name that claims and views use. */
export const measuredNames = {
  'eval/accuracy': ['accuracy'],
  'eval/choice': ['accuracy'],
  'eval/bon': ['accuracy', 'auc', 'pass1', 'majority', 'weighted-majority', 'longest'],
  'eval/rewardbench': [
    'overall',
    ...Object.keys(rewardbenchSections),
    ...Object.values(rewardbenchSections).flatMap((subsets) => Object.keys(subsets)),
  ],
  'eval/rm-bench': [
    'overall',
    ...Object.keys(rmBenchDomains),
    ...rmBenchLevels,
    ...Object.keys(rmBenchDomains).flatMap((domain) => rmBenchLevels.map((level) => `${domain}/${level}`)),
  ],
} as const;
