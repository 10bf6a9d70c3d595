import type { SlashCommand } from '@slack/bolt';
import type { InputBlock, ModalView } from '@slack/types';
import type { Environment } from '../core/environment.ts';
import type { CompiledRule } from '../core/rules/compiled-rule.ts';
import { type Preview, preview } from '../core/rules/preview.ts';
import { compileRules } from '../core/rules/rule-set.ts';
import { sampleOf } from '../core/rules/sample.ts';
import { environmentOf } from '../gate/environment-asked.ts';
import { addRule, checkWish, type RuleWish } from '../gate/rules.ts';
import { listRequests } from '../store/requests.ts';
import { type Asker, sentence, tell } from './answers.ts';
import { bold, code, lines, type Message, preformatted, richText, said, text } from './blocks.ts';
import { commanderOf } from './clicks.ts';
import { inWords } from './explained.ts';
import { noticeModal, plain } from './modals.ts';
import type { Clicker } from './people.ts';
import { reach } from './reach.ts';
import { announceRule, tellAdded } from './rule-added.ts';
import { mayChangeRules } from './rule-author.ts';
import { expiryField, limitsOf, unansweredField, type Values, written } from './rule-fields.ts';
import { ruleRefusal } from './rule-refusals.ts';
import { rulesHelp } from './rule-typed.ts';
import type { Slack } from './slack.ts';
import { banner, environmentName } from './texts.ts';
import { splitEnvironment } from './typed.ts';

export const ADD_RULE = 'add-rule';
const TITLE = 'Add a rule';
/** A modal carries 3,000 characters with it; the rule is among them. */
const LONGEST_TYPED = 2000;

/** `/gate rules add <rule> in <environment>`: says why it is none, or opens a modal with how far it reaches. */
export async function addTyped(
  slack: Slack,
  command: SlashCommand,
  asker: Asker,
  rest: string,
): Promise<void> {
  const names = [...slack.deps.environments.keys()];
  const { words: rule, environment } = splitEnvironment(rest, names);
  if (rule === '') return tell(slack, asker, rulesHelp());
  if (environment === null) return tell(slack, asker, whichEnvironment(names));
  const read = readRule(rule);
  if ('why' in read) return tell(slack, asker, notARule(rule, read));
  const opened = await slack.client.views.open({
    trigger_id: command.trigger_id,
    view: noticeModal(TITLE, sentence('One moment …')),
  });
  const { refused } = await mayChangeRules(slack, commanderOf(command), environment);
  const view = refused
    ? noticeModal(TITLE, refused)
    : addModal(
        environmentOf(slack.deps, environment),
        rule,
        previewOf(read.rules),
        await lastProject(slack, environment),
        asker.channel,
      );
  await slack.client.views.update({ view_id: opened.view?.id ?? '', view });
}

const whichEnvironment = (names: string[]): Message =>
  sentence(
    'Where should it hold?',
    text('Say where it should hold: '),
    code('/gate rules add <rule> in <environment>'),
    text(
      `. There is ${names
        .slice(0, 20)
        .map((name) => environmentName(name))
        .join(', ')}.`,
    ),
  );

function readRule(rule: string): { rules: CompiledRule[] } | { why: string; mend?: string } {
  if (rule.length > LONGEST_TYPED)
    return {
      why: `it is longer than ${LONGEST_TYPED} characters`,
      mend: 'add it in a terminal: gate rules add',
    };
  const rules: CompiledRule[] = [];
  for (const { compilation } of compileRules(rule)) {
    if (!compilation.valid) return compilation;
    rules.push(compilation.rule);
  }
  return { rules };
}

const notARule = (rule: string, { why, mend }: { why: string; mend?: string }): Message => ({
  text: 'This cannot be a rule.',
  blocks: [
    richText(
      preformatted(said(rule, 500)),
      lines(
        [bold('This cannot be a rule: '), ...inWords(`${said(why, 500)}.`, 501)],
        mend ? [bold('Instead: '), ...inWords(`${said(mend, 500)}.`, 501)] : [],
      ),
    ),
  ],
});

/** How far a typed rule reaches, shown with a command made up from its own words. */
function previewOf(rules: CompiledRule[]): Preview | null {
  const sample = rules[0] ? sampleOf(rules[0]) : null;
  return sample === null ? null : preview(rules, { kind: 'shell', text: sample });
}

async function lastProject(slack: Slack, environment: string): Promise<string | null> {
  const [last] = await listRequests(slack.deps.database.db, { environments: [environment], limit: 1 });
  return last?.project ?? null;
}

function addModal(
  environment: Environment,
  rule: string,
  shown: Preview | null,
  project: string | null,
  channel: string | null,
): ModalView {
  return {
    type: 'modal',
    callback_id: ADD_RULE,
    private_metadata: JSON.stringify({ rule, environment: environment.name, channel }),
    title: plain(TITLE),
    submit: plain('Add'),
    close: plain('Cancel'),
    blocks: [
      richText(
        lines([
          bold(banner(environment)),
          text(': commands that this covers run without asking (✅ would pass, ⛔ would ask)'),
        ]),
        preformatted(said(rule, 2800)),
        ...(shown ? reach(shown, '') : []),
      ),
      field('project', 'Project', 'Its name, or * for every project', project ?? undefined),
      field('repository', 'Only from repository', 'For example acme/shop'),
      field('cwd', 'Only in directory', 'For example /srv/shop'),
      expiryField(),
      ...unansweredField(environment),
    ],
  };
}

const field = (name: string, label: string, hint: string, initial?: string): InputBlock => ({
  type: 'input',
  block_id: name,
  optional: name !== 'project',
  label: plain(label),
  hint: plain(hint),
  element: {
    type: 'plain_text_input',
    action_id: name,
    max_length: 300,
    ...(initial && { initial_value: said(initial, 300) }),
  },
});

export interface AddSubmission {
  metadata: string;
  values: Values;
  clicker: Clicker;
  asker: Asker;
}

/** What is wrong with what was filled in, by field; null when nothing is. */
export function addFaults(slack: Slack, given: AddSubmission): Record<string, string> | null {
  const nobody = { subject: '', name: '', isAdmin: false, people: [] };
  const refused = checkWish(slack.deps, nobody, wishOf(given));
  if (!refused) return null;
  return { [refused.code === 'unanswered-forbidden' ? 'unanswered' : 'project']: ruleRefusal(refused) };
}

/** Makes the rule, if this person may, and tells them and the channel. */
export async function addSubmitted(slack: Slack, given: AddSubmission): Promise<void> {
  const wish = wishOf(given);
  const { author, refused } = await mayChangeRules(slack, given.clicker, wish.environment);
  if (refused) return tell(slack, given.asker, refused);
  const added = await addRule(slack.deps, author, wish);
  if (!added.ok) return tell(slack, given.asker, sentence(ruleRefusal(added)));
  const isTold = await announceRule(slack, added.rule, null);
  await tellAdded(slack, given.asker, added, isTold);
}

function wishOf({ metadata, values }: AddSubmission): RuleWish {
  const { rule, environment } = JSON.parse(metadata) as { rule?: unknown; environment?: unknown };
  return {
    text: String(rule ?? ''),
    environment: String(environment ?? ''),
    project: written(values, 'project') ?? '',
    repository: written(values, 'repository'),
    requester: null,
    cwd: written(values, 'cwd'),
    family: null,
    source: 'manual',
    ...limitsOf(values),
    allowsCritical: false,
    match: [],
    notMatch: [],
    originRequestId: null,
  };
}
