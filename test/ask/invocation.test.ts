import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/ask/facts.ts';
import { invocationOf } from '../../src/ask/invocation.ts';
import type { Command } from '../../src/core/command/command.ts';

const facts = (command: Command): Facts => ({
  command,
  environment: 'production',
  cwd: '/',
  program: null,
  file: '/bin/file-of-the-facts',
  stamp: '',
});
const invoked = async (command: Command, byRule: boolean) => {
  const invocation = await invocationOf(facts(command), byRule, '/usr/bin:/bin');
  return (
    invocation && {
      ...invocation,
      args: invocation.args.filter((arg) => !arg.startsWith('--') && arg !== '-p'),
    }
  );
};
const shell = (text: string): Command => ({ kind: 'shell', text });

describe('how an approved command is run', () => {
  it('an argv is one program, whoever allowed it', async () => {
    const argv: Command = { kind: 'argv', argv: ['ls', '-l', 'a b'] };
    const expected = { file: '/bin/file-of-the-facts', argv0: 'ls', args: ['-l', 'a b'] };
    expect([await invoked(argv, false), await invoked(argv, true)]).toEqual([expected, expected]);
  });

  it('shell text that people approved runs as its approved bytes', async () =>
    expect((await invoked(shell('ls  $HOME; id'), false))?.args).toEqual(['-c', 'ls  $HOME; id']));

  it('one command that a rule allowed runs without a shell', async () => {
    const invocation = await invoked(shell("ls  -l 'a b'"), true);
    expect(invocation).toMatchObject({ argv0: 'ls', args: ['-l', 'a b'] });
    expect(invocation?.file).toMatch(/\/ls$/);
  });

  it.each([
    ['a compound', 'ls a  &&  id', `'ls' 'a' && 'id'`],
    ['a redirection', 'ls 2>/dev/null', `'ls' 2> '/dev/null'`],
    ['an assignment', 'X=1 ls', `X='1' 'ls'`],
    ['a builtin that is no file', 'builtin-of-no-file a', `'builtin-of-no-file' 'a'`],
  ])('%s that a rule allowed is written anew from its words', async (_, text, written) =>
    expect((await invoked(shell(text), true))?.args).toEqual(['-c', written]),
  );

  it('what only an exact rule can cover runs as its approved bytes', async () =>
    expect((await invoked(shell('for i in 1 2; do ls; done'), true))?.args).toEqual([
      '-c',
      'for i in 1 2; do ls; done',
    ]));

  it('nothing runs by rule when the gate saw it without its secrets and it cannot be read with them', async () =>
    expect(await invoked(shell('for i in 1; do deploy --password hunter2; done'), true)).toBeNull());
});
