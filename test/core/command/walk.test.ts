import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SimpleCommand, walk } from '../../../src/core/command/walk.ts';

const shown = (command: SimpleCommand): string => command.words.map((word) => word.value).join(' ');
const leaves = (text: string): string[] =>
  walk({ kind: 'shell', text })
    .commands.filter((command) => !command.isWrapper && command.name !== '')
    .map(shown);

describe('every simple command, at any depth', () => {
  const cases: [text: string, commands: string[]][] = [
    ['a b; c && d || e', ['a b', 'c', 'd', 'e']],
    ['a | b |& c', ['a', 'b', 'c']],
    ['a & b', ['a', 'b']],
    ['(a; b) > f', ['a', 'b']],
    ['{ a; b; }', ['a', 'b']],
    ['if a; then b; elif c; then d; else e; fi', ['a', 'b', 'c', 'd', 'e']],
    ['for i in 1 2; do a $i; done', ['a $i']],
    ['while a; do b; done', ['a', 'b']],
    ['case $x in a) b;; *) c;; esac', ['b', 'c']],
    ['f() { a; }; f', ['a', 'f']],
    ['time a', ['a']],
    ['! a', ['a']],
    ['coproc a b', ['a b']],
    ['a $(b) "x $(c)" `d`', ['a $(b) x $(c) `d`', 'b', 'c', 'd']],
    ['a <(b) > >(c)', ['a <(b)', 'b', 'c']],
    ['X=$(a) b', ['b', 'a']],
    ['X=$(a)', ['a']],
    ['a <<EOF\n$(b)\nEOF', ['a', 'b']],
    ['a $(b $(c))', ['a $(b $(c))', 'b $(c)', 'c']],
    ['a {b,c}/d', ['a b/d c/d']],
    ["$'\\x72m' x", ['rm x']],
    ['"r"m x', ['rm x']],
    ['r\\m x', ['rm x']],
  ];
  it.each(cases)('%s', (text, commands) => {
    expect(leaves(text)).toEqual(commands);
  });
});

describe('wrappers', () => {
  const cases: [text: string, commands: string[]][] = [
    ['sudo rm x', ['rm x']],
    ['sudo -u app -E rm x', ['rm x']],
    ['sudo -n A=1 rm x', ['rm x']],
    ['doas rm x', ['rm x']],
    ['env -i A=1 B=2 rm x', ['rm x']],
    ['env -S "rm x"', ['rm x']],
    ['nohup nice -n 5 timeout -k 1 30 rm x', ['rm x']],
    ['exec rm x', ['rm x']],
    ['command rm x', ['rm x']],
    ['command -v rm', ['command -v rm']],
    ['stdbuf -oL rm x', ['rm x']],
    ['flock /tmp/l rm x', ['rm x']],
    ["flock /tmp/l -c 'rm x'", ['rm x']],
    ['watch -n 1 rm x', ['rm x']],
    ['a | xargs -n 1 rm -f', ['a', 'rm -f']],
    ['find . -name x -exec rm {} \\; -exec ls +', ['rm {}', 'ls']],
    ['ssh web-1 rm x', ['rm x']],
    ['ssh -p 22 -i key jo@web-1 "rm x; ls"', ['rm x', 'ls']],
    ['ssh web-1 -p 22 rm x', ['rm x']],
    ['ssh web-1', ['ssh web-1']],
    ['docker exec -it -u root api rm x', ['rm x']],
    ['docker compose -f c.yml exec -T web rm x', ['rm x']],
    ['docker-compose run --rm web rm x', ['rm x']],
    ['docker run --rm -v /a:/b alpine rm x', ['rm x']],
    ['podman exec api rm x', ['rm x']],
    ['kubectl -n a exec pod -c b -- rm x', ['rm x']],
    ['kubectl exec pod rm x', ['rm x']],
    ['oc rsh pod rm x', ['rm x']],
    ["bash -c 'rm x && ls'", ['rm x', 'ls']],
    ["/bin/sh -ec 'rm x'", ['rm x']],
    ["bash -lc 'rm x' name arg", ['rm x']],
    ['bash script.sh', ['bash script.sh']],
    ["eval 'rm x'", ['rm x']],
    ["trap 'rm x' EXIT", ['rm x']],
    ["su - app -c 'rm x'", ['rm x']],
    ['npx prisma migrate reset', ['prisma migrate reset']],
    ['bundle exec rails db:drop', ['rails db:drop']],
    ['poetry run alembic upgrade head', ['alembic upgrade head']],
    ['aws-vault exec prod -- rm x', ['rm x']],
    ["gcloud compute ssh web-1 --command='rm x'", ['rm x']],
    ["ansible all -m shell -a 'rm x'", ['rm x']],
    ["nix-shell --run 'rm x'", ['rm x']],
    ['sudo bash -c "ssh web-1 \'rm x\'"', ['rm x']],
  ];
  it.each(cases)('%s', (text, commands) => {
    expect(leaves(text)).toEqual(commands);
  });

  it('names them, outermost first', () => {
    const { commands } = walk({ kind: 'shell', text: "sudo timeout 5 bash -c 'rm x'" });
    expect(commands.at(-1)).toMatchObject({ program: 'rm', wrappers: ['sudo', 'timeout', 'bash'] });
    expect(commands.map((one) => one.isWrapper)).toEqual([true, true, true, false]);
  });
});

describe('standard input', () => {
  const cases: [text: string, commands: string[]][] = [
    ['bash <<EOF\nrm x\nEOF', ['bash', 'rm x']],
    ['bash -s <<< "rm x"', ['bash -s', 'rm x']],
    ["echo 'rm x' | sh", ['echo rm x', 'sh', 'rm x']],
    ['cat <<EOF | sudo bash\nrm x\nEOF', ['cat', 'bash', 'rm x']],
    ['ssh web-1 bash -s <<EOF\nrm x\nEOF', ['bash -s', 'rm x']],
    ['cat <<EOF\nrm x\nEOF', ['cat']],
  ];
  it.each(cases)('%s', (text, commands) => {
    expect(leaves(text)).toEqual(commands);
  });

  it('tells what a stage pipes into', () => {
    const { commands } = walk({ kind: 'shell', text: 'a | sudo b | c' });
    expect(commands.map(({ program, stageOfPipe, pipesInto }) => [program, stageOfPipe, pipesInto])).toEqual([
      ['a', 0, 'b'],
      ['sudo', 1, 'c'],
      ['b', 1, 'c'],
      ['c', 2, null],
    ]);
  });
});

describe('what it tells of a command', () => {
  it('words with flags, assignments, redirections and places', () => {
    const text = 'A=1 cmd "$X" *.log >> /tmp/out 2>&1';
    const [command] = walk({ kind: 'shell', text }).commands;
    expect(command).toMatchObject({
      name: 'cmd',
      assignments: [{ name: 'A', value: { value: '1' } }],
      words: [
        { value: 'cmd', dynamic: false, glob: false },
        { value: '$X', dynamic: true, glob: false },
        { value: '*.log', dynamic: false, glob: true },
      ],
      redirections: [
        { operator: '>>', descriptor: null, target: { value: '/tmp/out' } },
        { operator: '>&', descriptor: 2, target: { value: '1' } },
      ],
    });
    expect(text.slice(command!.words[2]!.span.start, command!.words[2]!.span.end)).toBe('*.log');
  });

  it('an argv is one command of static words', () => {
    const { commands, faults } = walk({ kind: 'argv', argv: ['/usr/bin/rm', '$X; *'] });
    expect(faults).toEqual([]);
    expect(commands).toMatchObject([
      { program: 'rm', words: [{}, { value: '$X; *', dynamic: false, glob: false }] },
    ]);
  });

  it('an action in words has none', () => {
    expect(walk({ kind: 'action', text: 'merge it; rm x' }).commands).toEqual([]);
  });
});

describe('bounds and faults', () => {
  it.each(['rm "x', 'a)', 'if a; then', 'a | | b', '$(rm x', 'for', '((', '`', 'case x in'])(
    '%j has a fault and does not throw',
    (text) => {
      expect(walk({ kind: 'shell', text }).faults.length).toBeGreaterThan(0);
    },
  );

  it('still finds commands behind a fault', () => {
    expect(leaves('a) ; rm -rf x')).toContain('rm -rf x');
  });

  it.each([
    ['much text', `echo ${'a '.repeat(20_000)}`],
    ['many commands', 'a;'.repeat(2000)],
    ['deep nesting', `${'sudo '.repeat(20)}rm x`],
    ['deep substitution', `${'$('.repeat(300)}a${')'.repeat(300)}`],
  ])('%s is bounded, and said', (_, text) => {
    const { commands, faults } = walk({ kind: 'shell', text });
    expect(commands.length).toBeLessThanOrEqual(256);
    expect(faults.length).toBeGreaterThan(0);
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      ';',
      '|',
      '&',
      '(',
      ')',
      '{',
      '}',
      '$',
      '`',
      '"',
      "'",
      '\\',
      '<',
      '>',
      '\n',
      '<<E',
      'E',
      'if ',
      'fi',
      'sudo ',
      'bash -c ',
      'xargs ',
      'find -exec ',
      '$(',
      '${',
      '=',
      '*',
      '[',
      '#',
      '!',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        walk({ kind: 'shell', text: pieces.join('') });
      }),
      { numRuns: 3000 },
    );
  });
});
