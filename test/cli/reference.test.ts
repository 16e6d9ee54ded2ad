import { expect, it } from 'vitest';
import { commandsReference } from '../../cli/reference.ts';
import { exit } from '../../cli/terminal/failure.ts';
import { golden } from '../compile/rig.ts';

it('docs/commands.md has the help of every command, and every exit code', async () => {
  const text = await commandsReference();
  expect(text).toBe(golden(new URL('../../docs/commands.md', import.meta.url), text));
  for (const code of Object.values(exit)) expect(text).toContain(`\n| ${code} | `);
});
