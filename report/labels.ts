import type { BaselineName, BonSelector } from '../plan/metrics.ts';

export const baselineLabels: { [name in BaselineName]: string } = {
  random: 'Chance',
  longer: 'Longer answer',
  shorter: 'Shorter answer',
  'larger-last-number': 'Larger last number',
  'smaller-last-number': 'Smaller last number',
  'last-number-present': 'Ends in a number',
  'most-frequent-position': 'Most frequent position',
};

export const selectorLabels: { [name in BonSelector]: string } = {
  model: 'Reward model',
  majority: 'Majority',
  'weighted-majority': 'Weighted majority',
  oracle: 'Oracle (any right)',
  longest: 'Longest',
  shortest: 'Shortest',
  random: 'Random (pass@1)',
};
