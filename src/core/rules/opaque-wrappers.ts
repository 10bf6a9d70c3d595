import type { Fault } from '../command/admissible.ts';
import { firstOperandIsLiteral, type KnownOptions } from './first-operand.ts';
import { FIND_ACTIONS, OPAQUE, PAGERS_AND_EDITORS } from './tables.ts';
import { hasWildcard, isOpen, type Words } from './validity.ts';
import { plainLiteral, type WordPattern } from './word-pattern.ts';
import { opaqueSubcommand } from './wrappers.ts';

/** V5: no wildcard beside a wrapper that hides what it runs, and the word that names it is a plain literal. */
export function opaqueWrapperFault(command: Words, base: string): Fault | null {
  const name = opaqueName(command.words, base);
  if (name === null) return null;
  if (hasWildcard(command)) {
    return {
      why: `\`${name}\` runs what its words name: no wildcard may stand beside it`,
      mend: 'spell every word out, or use alternatives such as {a,b}',
    };
  }
  return namesWhatRuns(command.words, base, name)
    ? null
    : {
        why: `the word that names what \`${name}\` runs must be a plain literal`,
        mend: 'write one rule for each',
      };
}

/** The opaque wrapper that the words begin with, as people call it. */
export function opaqueName(words: readonly WordPattern[], base: string): string | null {
  if (OPAQUE.has(base)) return base;
  if (base === 'find') return words.some(isFindAction) ? 'find -exec' : null;
  const spelled = words.slice(1).map(({ literal }) => literal);
  const preview = base === 'gcloud' && /^(?:alpha|beta)$/.test(spelled[0] ?? '') ? 1 : 0;
  const literals = [base, ...spelled.slice(preview)];
  const count = opaqueSubcommand(literals);
  return count > 0 ? literals.slice(0, count).join(' ') : null;
}

const isFindAction = ({ literal }: WordPattern): boolean => literal !== null && FIND_ACTIONS.has(literal);

const CONTAINER_RUN: KnownOptions = {
  flags:
    /^(?:-[diPt]+|--rm|--detach|--interactive|--tty|--init|--privileged|--read-only|--publish-all|--no-healthcheck)$/,
  values:
    /^(?:--name|-e|--env|-p|--publish|-l|--label|-w|--workdir|-u|--user|-h|--hostname|-m|--memory|--cpus|--network|--restart|--platform|--pull)$/,
};
const RUNNERS =
  /^(?:npx|bunx|uvx|watch|xargs|strace|ltrace|busybox|toybox|bun x|(?:pnpm|yarn) (?:dlx|exec)|npm (?:exec|x)|(?:uv|poetry|pipenv|devbox) run|bundle exec|kubectl run|oc run)$/;

/** Whether the words that could name what is run are plain literals. Unsure: every word must be. */
function namesWhatRuns(words: readonly WordPattern[], base: string, name: string): boolean {
  if (PAGERS_AND_EDITORS.has(base)) return true;
  if (name === 'find -exec') {
    return words.every((word, i) => !isFindAction(word) || plainLiteral(words[i + 1]) !== null);
  }
  if (name === 'docker compose') return composeRuns(words) ? !words.some(isOpen) : true;
  const head = name.split(' ').length;
  if (/^(?:docker|podman)(?: container)? run$/.test(name))
    return firstOperandIsLiteral(words, head, CONTAINER_RUN);
  return RUNNERS.test(name) ? firstOperandIsLiteral(words, head) : !words.some(isOpen);
}

const COMPOSE_VALUES = /^(?:-f|--file|-p|--project-name|--env-file|--profile|--project-directory)$/;

/** Whether `docker compose` is given, or may be given, a command to run inside a container. */
function composeRuns(words: readonly WordPattern[]): boolean {
  for (let i = 2; i < words.length; i++) {
    const literal = words[i]?.literal ?? null;
    if (literal === null) return true;
    if (!literal.startsWith('-')) return literal === 'exec' || literal === 'run';
    if (COMPOSE_VALUES.test(literal)) i += 1;
    else if (!literal.includes('=')) return true;
  }
  return false;
}
