import { literalDepth } from '../rules/literal-depth.ts';

/** Under which heading a rule stands: its program with its subcommands, as far as they are spelled out. */
export function ruleFamily(rule: string): string {
  const [first = ''] = rule.replace(/^= /, '').split('\n');
  const words = first.trim().split(/\s+/);
  const program = (words[0] ?? '').replace(/^.*\/(?=[^/])/, '');
  const names = words.slice(1).filter((word) => /^[A-Za-z][A-Za-z0-9:_-]*$/.test(word));
  return [program, ...names.slice(0, literalDepth(program, names[0] ?? null))].join(' ');
}
