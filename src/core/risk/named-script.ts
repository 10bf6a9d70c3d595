import type { SimpleCommand } from '../command/walk.ts';
import { type Base, base, part, sum } from './part.ts';
import type { Call } from './row.ts';
import { judgeName } from './scripts.ts';

/** Where installed tools live; elsewhere `./test` is a file of the project and not the builtin. */
const TOOL_PATH =
  /^(\/(usr|opt|snap|nix|home\/linuxbrew|Applications)\/|\/s?bin\/|(.*\/)?(bin|\.bin|Scripts)\/[^/]+$)/;
const TOOL_SCRIPT =
  /(^|\/)(gradlew|mvnw|rails|rake|manage\.py|artisan|console|bundle|wp|drush|kafka-[a-z-]+\.sh|catalina\.sh|zkCli\.sh|acme\.sh)$/;

/** `npm run x`, `make x`, `./x.sh`: the name of the script is all there is to see. */
export function namedScript(command: SimpleCommand, call: Call): Base | null {
  const judge = (names: string[], unknown: Base): Base => {
    const judged = judgeName(...names);
    return judged ? { parts: [part(judged.points, judged.why)], touches: judged.touches } : unknown;
  };
  const operands = call.operands.map((one) => one.value);
  if (call.program === 'make') {
    const targets = operands.filter((one) => !one.includes('='));
    if (call.options.some(({ name }) => /^(-n|--dry-run|--just-print|-v|--version|--list|-l)$/.test(name)))
      return base(3, 'rehearses only', 'reads');
    const judged = targets.map((target) =>
      judge([target], base(20, 'runs a target of the project', 'local')),
    );
    return judged.reduce(
      (worst, one) => (sum(one.parts) > sum(worst.parts) ? one : worst),
      base(10, "works on the caller's copy", 'local'),
    );
  }
  if (
    /^(npm|pnpm|yarn|bun|lerna|nx|turbo|composer|poetry|deno|rush|wireit|npm-run-all|run-s|run-p|uv|hatch|pdm|invoke|inv|fab|mage|earthly|dagger|bazel|pants)$/.test(
      call.program,
    )
  ) {
    const run = /^(run|run-script|exec|task|workspace|foreach)$/.test(operands[0] ?? '');
    const script = run ? (operands[1] ?? '') : (operands[0] ?? '');
    const explicit =
      run || /[:]/.test(script) || /^(deploy|release|migrate|start|stop|restart|destroy|seed)$/.test(script);
    if (!explicit || script === '') return null;
    return judge([script], base(20, 'runs a script of the project', 'local'));
  }
  const path =
    (command.name.includes('/') && !TOOL_PATH.test(command.name)) ||
    /\.(sh|bash|py|rb|pl|ps1)$/.test(command.name);
  return path && !TOOL_SCRIPT.test(command.name)
    ? judge([command.program, operands[0] ?? ''], base(30, 'runs a script, its content unseen'))
    : null;
}
