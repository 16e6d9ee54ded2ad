import fc from 'fast-check';
import { createRequire } from 'node:module';
import satisfies from 'spdx-satisfies';
import { describe, expect, it } from 'vitest';
import { licenceRule } from '../../../items/cleaning/licences.ts';

const require = createRequire(import.meta.url);
const ids = ['spdx-license-ids', 'spdx-license-ids/deprecated'].flatMap((list) => require(list) as string[]);

async function judged(licence: string, { allowed = ['permissive'], text = '' } = {}): Promise<unknown> {
  return (await licenceRule(allowed))({ licence, text });
}

describe('the licences that are allowed', () => {
  it.each(['MIT', 'mit', 'apache-2.0', 'Apache License 2.0', 'bsd-3-clause', 'ISC', '0BSD', 'CC0-1.0', 'Apache-2.0 WITH LLVM-exception', 'Apache-2.0 AND MIT', 'Apache 2.0 AND MIT', 'mit and apache-2.0 with llvm-exception'])(
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
    ['MIT AND \t AND ISC', 'MIT AND \t AND ISC is no known licence'],
    ['(MIT OR ISC) AND other', '(MIT OR ISC) AND other is no known licence'],
  ])('do not include an unknown one: %j', async (licence, detail) => {
    expect(await judged(licence)).toEqual({ reason: 'no-licence', detail });
  });

  it('are those of the list that is given, by their identifiers', async () => {
    expect(await judged('MPL-2.0', { allowed: ['permissive', 'mpl-2.0'] })).toBeNull();
    expect(await judged('MIT', { allowed: ['MPL-2.0'] })).toMatchObject({ reason: 'licence' });
    for (const name of ['nice', 'MIT OR Apache-2.0', 'MIT AND ISC', 'Apache-2.0 WITH LLVM-exception'])
      await expect(judged('MIT', { allowed: [name] })).rejects.toThrow(`${name} is no licence of the SPDX list`);
  });

  it('are compared with what a file says of itself, not with that of its repository', async () => {
    expect(await judged('MIT', { text: '// SPDX-License-Identifier: GPL-3.0-only\n' })).toMatchObject({ reason: 'licence' });
    expect(await judged('GPL-3.0', { text: '/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */\n' })).toBeNull();
  });

  it.each(['permissive', 'MIT'])('can be compared with every licence of the SPDX list, also with its later versions: %s', async (allowed) => {
    const rule = await licenceRule([allowed]);
    const known = ids.flatMap((id) => [id, `${id}+`]).map((licence) => [licence, rule({ licence, text: '' })?.reason]);
    expect(ids.length).toBeGreaterThan(700);
    expect(new Set(known.map(([, reason]) => reason))).toEqual(new Set([undefined, 'licence']));
  });

  it('may be any of the SPDX list, which then is allowed itself', async () => {
    const refused: string[] = [];
    for (const id of ids) {
      const rule = await licenceRule([id]);
      const [own, other] = [id, 'LicenseRef-mine'].map((licence) => rule({ licence, text: '' }));
      if (own || other?.reason !== 'licence') refused.push(id);
    }
    expect(refused).toEqual([]);
  });

  it('are compared with expressions of many terms, as long as texts may state them', async () => {
    const of = (...terms: string[]) => Array.from({ length: 75 }, (_, index) => `(${terms[index] ?? 'MIT OR GPL-2.0-only'})`).join(' AND ');
    expect(await judged('', { text: `// SPDX-License-Identifier: ${of()}\n` })).toBeNull();
    expect(await judged('', { text: `// SPDX-License-Identifier: ${of('GPL-2.0-only')}\n` })).toMatchObject({ reason: 'licence' });
  });

  const leaf = fc.constantFrom('MIT', 'ISC', 'GPL-2.0-only', 'GPL-2.0-or-later', 'GPL-3.0', 'LGPL-2.1+', 'MPL-2.0', 'Apache-2.0', 'LicenseRef-own');
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.tuple(tie('expression'), fc.constantFrom('AND', 'OR'), tie('expression')).map(([one, word, other]) => `(${one}) ${word} (${other})`),
    ),
  }));

  it('permit an expression where SPDX says so', async () => {
    const lists = fc.uniqueArray(fc.constantFrom('MIT', 'GPL-2.0-or-later', 'GPL-3.0-only', 'LGPL-3.0', 'MPL-2.0'), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(expression, lists, async (licence, allowed) => {
        expect((await judged(licence, { allowed })) === null).toBe(satisfies(licence, allowed));
      }),
    );
  });
});
