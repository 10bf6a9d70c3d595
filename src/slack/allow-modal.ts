import { createHash } from 'node:crypto';
import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { commandText } from '../core/command/command.ts';
import { parse } from '../core/command/parse.ts';
import { visible } from '../core/command/visible.ts';
import type { Environment } from '../core/environment.ts';
import type { RequestView } from '../core/request.ts';
import type { Proposal } from '../core/rules/propose.ts';
import type { Scope } from '../core/rules/scope.ts';
import { bold, preformatted, richText, said, saidEnds, section, text } from './blocks.ts';
import { carried, type OpenedFrom, plain } from './modals.ts';
import { reach } from './reach.ts';
import { expiryField, option, unansweredField } from './rule-fields.ts';
import { chunksOf } from './shown-command.ts';
import { banner } from './texts.ts';

export const ALLOW = 'allow-in-future';
export const ALLOW_TITLE = 'Allow in future';

const KINDS: Record<Proposal['kind'], string> = {
  exact: 'Exactly this text',
  literal: 'These words, however they are spaced or quoted',
  pattern: 'This pattern',
};

/** The rules to choose from, each with how far it reaches, and where the chosen one is to hold. */
export function allowModal(
  view: RequestView,
  place: { environment: Environment },
  proposals: Proposal[],
  from: OpenedFrom,
): ModalView {
  const { environment } = place;
  const command = commandText(view.command);
  const isLow = view.assessment.level === 'LOW';
  return {
    type: 'modal',
    callback_id: ALLOW,
    private_metadata: carried(from),
    title: plain(ALLOW_TITLE),
    submit: plain('Allow'),
    close: plain('Cancel'),
    blocks: [
      richText(section(bold(banner(environment)), text(': what may run without asking from now on?'))),
      ...proposals.flatMap((proposal, index) => proposalBlocks(proposal, index, command)),
      choiceField(proposals),
      onlyField(view),
      expiryField(),
      ...(isLow ? unansweredField(environment) : []),
    ],
  };
}

function proposalBlocks(proposal: Proposal, index: number, command: string): KnownBlock[] {
  const [first = '', ...rest] = chunksOf(visible(proposal.text));
  return [
    richText(section(bold(`${index + 1}. ${KINDS[proposal.kind]}`)), preformatted(first)),
    ...rest.map((chunk) => richText(preformatted(chunk))),
    richText(...reach(proposal, command)),
  ];
}

const choiceField = (proposals: Proposal[]): InputBlock => {
  const options = proposals.map((proposal, index) =>
    option(`${index + 1}. ${KINDS[proposal.kind]}`, choiceOf(proposal)),
  );
  return {
    type: 'input',
    block_id: 'choice',
    label: plain('Allow (✅ would pass, ⛔ would ask)'),
    element: {
      type: 'radio_buttons',
      action_id: 'choice',
      options,
      initial_option: options[0] as PlainTextOption,
    },
  };
};

/** Names a proposal by what it says: what is saved is what was shown, or nothing. */
export const choiceOf = ({ kind, text: rule }: Proposal): string =>
  `${kind}:${createHash('sha256').update(rule).digest('hex')}`;

type Origin = Pick<RequestView, 'project' | 'context' | 'cwd' | 'requester' | 'command'>;

/** What narrows a rule down to requests like this one, and whether it does so unless somebody decides otherwise. */
function narrowings(view: Origin): { value: keyof Scope; words: string; isDefault: boolean }[] {
  const { project, context, cwd, requester } = view;
  return [
    { value: 'project' as const, words: `Only project ${said(project, 55)}`, isDefault: true },
    ...(context.repository
      ? [
          {
            value: 'repository' as const,
            words: `Only from ${saidEnds(context.repository, 60)}`,
            isDefault: false,
          },
        ]
      : []),
    ...(cwd
      ? [{ value: 'cwd' as const, words: `Only in ${saidEnds(cwd, 60)}`, isDefault: runsFromDirectory(view) }]
      : []),
    {
      value: 'requester' as const,
      words: `Only asked by ${said(requester.tokenName, 55)}`,
      isDefault: requester.kind === 'agent',
    },
  ];
}

/** A program named by a relative path is another one in another directory; so is whatever cannot be read. */
function runsFromDirectory({ command }: Pick<RequestView, 'command'>): boolean {
  const parsed = parse(command);
  if (!parsed.analysable) return true;
  return parsed.commands.some(({ words: [program] }) => {
    if (!program?.static) return true;
    return program.value.includes('/') && !program.value.startsWith('/');
  });
}

function onlyField(view: Origin): InputBlock {
  const all = narrowings(view);
  const initial = all.filter(({ isDefault }) => isDefault).map(({ words, value }) => option(words, value));
  return {
    type: 'input',
    block_id: 'only',
    optional: true,
    label: plain('Narrower still'),
    element: {
      type: 'checkboxes',
      action_id: 'only',
      options: all.map(({ words, value }) => option(words, value)),
      ...(initial.length > 0 && { initial_options: initial }),
    },
  };
}

/** Where the chosen rule holds: this environment, and as narrow as was ticked. */
export function scopeOf(view: Origin & Pick<RequestView, 'environment'>, only: string[]): Scope {
  const when = <T>(name: keyof Scope, value: T) => (only.includes(name) ? value : null);
  return {
    environment: view.environment,
    project: when('project', view.project) ?? '*',
    repository: when('repository', view.context.repository ?? null),
    requester: when('requester', view.requester.tokenName),
    cwd: when('cwd', view.cwd),
  };
}
