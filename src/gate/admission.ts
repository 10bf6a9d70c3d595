import { type Command, commandText, MAX_COMMAND_BYTES } from '../core/command/command.ts';
import type { Environment } from '../core/environment.ts';
import type { Caller } from './authenticate.ts';
import type { Deps } from './deps.ts';

export type AdmissionRefusal =
  | 'unknown-environment'
  | 'environment-not-allowed'
  | 'project-not-allowed'
  | 'project-missing'
  | 'command-too-long'
  | 'command-not-text';

export type Admission = { environment: Environment; project: string } | { code: AdmissionRefusal };

/** May this caller ask about such a command in this place at all? The first doubt refuses. */
export function admit(
  deps: Deps,
  caller: Caller,
  ask: { command: Command; environment: string; project: string | null },
): Admission {
  const environment = deps.environments.get(ask.environment);
  if (!environment) return { code: 'unknown-environment' };
  if (caller.environments && !caller.environments.includes(ask.environment))
    return { code: 'environment-not-allowed' };
  const project = ask.project ?? (caller.project === '*' ? null : caller.project);
  if (project === null) return { code: 'project-missing' };
  if (caller.project !== '*' && caller.project !== project) return { code: 'project-not-allowed' };
  const fault = commandFault(ask.command);
  return fault ? { code: fault } : { environment, project };
}

function commandFault(command: Command): AdmissionRefusal | null {
  const text = commandText(command);
  const parts = command.kind === 'argv' ? command.argv : [text];
  if (parts.some((part) => part.includes('\0') || /\p{Surrogate}/u.test(part))) return 'command-not-text';
  if (parts.join(' ').trim() === '') return 'command-not-text';
  return Buffer.byteLength(text) > MAX_COMMAND_BYTES ? 'command-too-long' : null;
}
