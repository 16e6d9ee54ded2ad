import { expect, test } from 'vitest';
import { createBases, placesOf } from '../../../compile/index.ts';

const base = 'codepmp: 1\nname: base\nparams: {size: 30}\nsteps:\n  task: {uses: dataset/arithmetic, with: {train: $size}}\n';
const study = { file: 'studies/a.yaml', source: 'codepmp: 1\nextends: ../base.yaml\nname: a\n' };

test('a value is found in the file that writes it, with the param it is written as', () => {
  const places = placesOf(study, createBases({ files: { 'base.yaml': base } }));
  expect(places.find(['name'])).toEqual({ file: 'studies/a.yaml', line: 3, column: 7, value: 'a' });
  expect(places.find(['steps', 'task', 'with', 'train'])).toEqual({ file: 'base.yaml', line: 5, column: 50, value: '$size', param: 'size' });
  expect(places.find(['steps', 'nothing'])).toBeNull();
});

test('a file that cannot be read has no places', () => {
  expect(placesOf({ file: 'a.yaml', source: '['.repeat(10_000) }).find(['name'])).toBeNull();
  expect(placesOf(study).find(['name'])).toBeNull();
});
