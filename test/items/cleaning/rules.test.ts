import { describe, expect, it } from 'vitest';
import { createRules } from '../../../items/cleaning/rules.ts';

const row = (text: string) => ({ text, path: 'a.py', repository: 'r', commit: '', licence: 'MIT', language: 'Python' });

describe('the rules of a profile', () => {
  it('say why a file goes', async () => {
    const rules = await createRules({ profile: 'bigcode' });
    expect(rules(row(`x = "${'a'.repeat(1000)}"`))).toEqual({ reason: 'long-line', detail: '1006 characters' });
    expect(rules(row('a'.repeat(101)))).toEqual({ reason: 'long-lines', detail: '101.0 characters in the mean' });
    expect(rules(row('+-*/()[]a'))).toEqual({ reason: 'few-letters', detail: '11.1 % letters and digits' });
    expect(rules(row('def f(x):\n    return x\n'))).toBeNull();
  });

  it('are none for the profile none', async () => {
    expect((await createRules({ profile: 'none' }))(row('+'))).toBeNull();
  });
});
