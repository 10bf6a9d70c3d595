import { Refusal } from './api/method.ts';
import { checkedView, pushView, replaceView } from './api/views.ts';
import { isObject, type Json } from './checks.ts';
import type { Context } from './context.ts';
import { type Bending, type Delivery, deliver } from './delivery.ts';
import { interactionBase } from './payloads.ts';
import { activePerson, viewOpenFor } from './seeing.ts';
import { filledIn, type GivenValues, inputErrors } from './state-values.ts';
import type { Person, View, Workspace } from './workspace.ts';

/** What came of a submitted modal: the app's answer, and what the person was told instead of it closing. */
export type Submission = Delivery & { errors?: Record<string, string>; trouble?: string };

const trouble = 'We had some trouble connecting. Try again?';

/** Submits the topmost modal of a person. Throws when Slack's own client would not have sent it. */
export async function submit(
  context: Context,
  personId: string,
  viewId: string,
  given: GivenValues = {},
  bending: Bending = {},
): Promise<Submission> {
  const { workspace, sender } = context;
  const person = activePerson(workspace, personId);
  const view = viewOpenFor(workspace, person, viewId);
  if (view.type !== 'modal' || !view.submit) throw new Error(`view ${viewId} has no submit button`);
  const values = filledIn(view.blocks, view.state.values, given);
  const errors = inputErrors(view.blocks, values);
  if (Object.keys(errors).length > 0) throw new InputError(errors);
  view.state = { values };
  const payload = {
    type: 'view_submission',
    ...interactionBase(workspace, person),
    view: structuredClone(view),
    response_urls: [],
  };
  const delivery = await deliver(sender, 'interactive', payload, bending);
  return { ...delivery, ...afterSubmit(workspace, person, view, delivery) };
}

/** The form was not sent: required fields are empty, or texts too long or too short. */
export class InputError extends Error {
  readonly errors: Record<string, string>;
  constructor(errors: Record<string, string>) {
    super(
      Object.entries(errors)
        .map(([block, what]) => `${block}: ${what}`)
        .join(' '),
    );
    this.errors = errors;
  }
}

function afterSubmit(
  workspace: Workspace,
  person: Person,
  view: View,
  delivery: Delivery,
): Pick<Submission, 'errors' | 'trouble'> {
  if (delivery.status !== 200) return { trouble };
  const answer = isObject(delivery.body) ? delivery.body : {};
  try {
    return followAnswer(workspace, person, view, answer);
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    const details =
      (problem.details.response_metadata as { messages?: string[] } | undefined)?.messages ?? [];
    return { trouble: [trouble, problem.code, ...details].join(' ') };
  }
}

function followAnswer(
  workspace: Workspace,
  person: Person,
  view: View,
  answer: Json,
): Pick<Submission, 'errors' | 'trouble'> {
  switch (answer.response_action) {
    case undefined:
      dismiss(workspace, person.id, view.id);
      return {};
    case 'clear':
      dismissAll(workspace, person.id);
      return {};
    case 'update':
      replaceView(workspace, view, checkedView(answer.view, 'modal'));
      return {};
    case 'push':
      pushView(workspace, person.id, checkedView(answer.view, 'modal'));
      return {};
    case 'errors':
      return { errors: checkedErrors(view, answer.errors) };
    default:
      throw new Refusal('invalid_response_action');
  }
}

/** Errors must name input blocks of the view; Slack shows trouble otherwise. */
function checkedErrors(view: View, errors: unknown): Record<string, string> {
  const inputs = view.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id);
  if (!isObject(errors) || Object.keys(errors).length === 0) throw new Refusal('invalid_errors');
  const unknown = Object.keys(errors).find((id) => !inputs.includes(id));
  if (unknown) throw new Refusal(`no_such_input_block: ${unknown}`);
  return Object.fromEntries(Object.entries(errors).map(([id, text]) => [id, String(text)]));
}

function dismiss(workspace: Workspace, personId: string, viewId: string): void {
  workspace.views.delete(viewId);
  const left = (workspace.stacks.get(personId) ?? []).filter((id) => id !== viewId);
  workspace.stacks.set(personId, left);
  workspace.changed();
}

function dismissAll(workspace: Workspace, personId: string): void {
  for (const id of workspace.stacks.get(personId) ?? []) dismiss(workspace, personId, id);
}

/** Closes the topmost modal; the app hears of it when it asked to. */
export async function closeView(
  context: Context,
  personId: string,
  viewId: string,
  bending: Bending = {},
): Promise<Delivery | undefined> {
  const { workspace, sender } = context;
  const person = activePerson(workspace, personId);
  const view = viewOpenFor(workspace, person, viewId);
  const isCleared = Boolean(view.clear_on_close);
  if (isCleared) dismissAll(workspace, personId);
  else dismiss(workspace, personId, viewId);
  if (!view.notify_on_close) return undefined;
  const { trigger_id: _, ...base } = interactionBase(workspace, person);
  return deliver(
    sender,
    'interactive',
    { type: 'view_closed', ...base, view, is_cleared: isCleared },
    bending,
  );
}
