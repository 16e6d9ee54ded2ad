import { execaSync } from 'execa';
import { describe, expect, test } from 'vitest';
import { chosenSweeps, fileAndOptions } from '../../../cli/pipeline/options.ts';

describe('the options of a pipeline', () => {
  test('are written as they were given, for the command that comes next', () => {
    expect(fileAndOptions('a.yaml', {})).toBe('a.yaml');
    expect(
      fileAndOptions('a.yaml', {
        set: { lr: '1e-4', seed: '2' },
        params: ['p.yaml'],
        sweep: ['a', 'b'],
        cell: { size: '20', init: 'pmp' },
        sample: 3,
      }),
    ).toBe('a.yaml --set lr=1e-4 --set seed=2 --params p.yaml --sweep a --sweep b --cell size=20,init=pmp --sample 3');
    expect(fileAndOptions('a.yaml', { sweeps: false })).toBe('a.yaml --no-sweeps');
  });

  test('are read by a shell as they were given', () => {
    const values = { query: 'stars:>=50 language:python', name: "it's", glob: '**/*.py', home: '$HOME' };
    const { stdout } = execaSync('sh', ['-c', `printf '%s\\n' ${fileAndOptions('my pipeline.yaml', { set: values })}`]);
    expect(stdout.split('\n')).toEqual([
      'my pipeline.yaml',
      ...Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ]);
  });

  test('take sweeps or leave them out, not both', () => {
    expect(chosenSweeps({ sweep: ['a'], sweeps: true })).toEqual(['a']);
    expect(chosenSweeps({ sweeps: false })).toEqual([]);
    expect(() => chosenSweeps({ sweep: ['a'], sweeps: false })).toThrow('--sweep and --no-sweeps cannot be combined: use one of the two');
  });
});
