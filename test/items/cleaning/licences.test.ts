import { describe, expect, it } from 'vitest';
import { licenceRule } from '../../../items/cleaning/licences.ts';

async function judged(licence: string, { allowed = ['permissive'], text = '' } = {}): Promise<unknown> {
  return (await licenceRule(allowed))({ licence, text });
}

describe('the licences that are allowed', () => {
  it.each(['MIT', 'mit', 'apache-2.0', 'Apache License 2.0', 'bsd-3-clause', 'ISC', '0BSD', 'CC0-1.0', 'Apache-2.0 WITH LLVM-exception', 'Apache-2.0 AND MIT', 'Apache 2.0 AND MIT'])(
    'as permissive include %s',
    async (licence) => {
      expect(await judged(licence)).toBeNull();
    },
  );

  it.each(['GPL-3.0', 'gpl-2.0', 'AGPL-3.0-only', 'MPL-2.0', 'MIT AND GPL-2.0-only', 'CC-BY-NC-4.0'])(
    'as permissive exclude %s',
    async (licence) => {
      expect(await judged(licence)).toEqual({ reason: 'licence', detail: `${licence} is not among the allowed licences` });
    },
  );

  it.each(['MIT OR GPL-2.0-only', 'GPL-2.0-only, MIT', 'LicenseRef-scancode-unknown-license-reference, MIT', 'NOASSERTION OR MIT'])(
    'include a choice with one of them: %s',
    async (licence) => {
      expect(await judged(licence)).toBeNull();
    },
  );

  it.each([
    ['', 'no licence is known'],
    ['other', 'other is no known licence'],
    ['NOASSERTION', 'NOASSERTION is no known licence'],
    ['MIT AND NOASSERTION', 'MIT AND NOASSERTION is no known licence'],
    ['(MIT OR ISC) AND other', '(MIT OR ISC) AND other is no known licence'],
  ])('do not include an unknown one: %j', async (licence, detail) => {
    expect(await judged(licence)).toEqual({ reason: 'no-licence', detail });
  });

  it('are those of the list that is given, by their identifiers', async () => {
    expect(await judged('MPL-2.0', { allowed: ['permissive', 'mpl-2.0'] })).toBeNull();
    expect(await judged('MIT', { allowed: ['MPL-2.0'] })).toMatchObject({ reason: 'licence' });
    await expect(judged('MIT', { allowed: ['nice'] })).rejects.toThrow('nice is no licence of the SPDX list');
  });

  it('are compared with what a file says of itself, not with that of its repository', async () => {
    expect(await judged('MIT', { text: '// SPDX-License-Identifier: GPL-3.0-only\n' })).toMatchObject({ reason: 'licence' });
    expect(await judged('GPL-3.0', { text: '/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */\n' })).toBeNull();
  });
});
