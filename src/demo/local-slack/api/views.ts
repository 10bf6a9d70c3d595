import { faultLines, viewFaults } from '../block-kit.ts';
import { isObject, type Json } from '../checks.ts';
import { limits } from '../limits.ts';
import { initialValues } from '../state-values.ts';
import { bot, newId, nextTs, team, type View, type Workspace, withIds } from '../workspace.ts';
import {
  type Call,
  type Method,
  optionalText,
  Refusal,
  refuseWith,
  requiredText,
  somebody,
} from './method.ts';

/** A view definition that Slack would take. */
export function checkedView(value: unknown, surface: 'modal' | 'home'): Json {
  if (!isObject(value))
    throw refuseWith('invalid_arguments', ['missing required field: view [json-pointer:/view]']);
  if (Buffer.byteLength(JSON.stringify(value)) > limits.view.bytes) throw new Refusal('view_too_large');
  const faults = viewFaults(value, surface);
  if (faults.length > 0) throw refuseWith('invalid_arguments', faultLines(faults));
  return value;
}

/** The stored view: the definition, completed with what Slack adds to it. */
export function storedView(workspace: Workspace, definition: Json, of: Partial<View>): View {
  const id = of.id ?? newId('V');
  const blocks = withIds(definition.blocks as Json[]);
  return {
    private_metadata: '',
    callback_id: '',
    external_id: '',
    ...(definition.type === 'modal' && { submit: null, close: null }),
    clear_on_close: false,
    notify_on_close: false,
    ...definition,
    id,
    team_id: team.id,
    app_id: bot.app,
    bot_id: bot.bot,
    app_installed_team_id: team.id,
    type: definition.type as View['type'],
    blocks,
    hash: `${nextTs(workspace)}.${newId('').toLowerCase().slice(0, 8)}`,
    state: { values: initialValues(blocks, of.state?.values) },
    root_view_id: of.root_view_id ?? id,
    previous_view_id: of.previous_view_id ?? null,
  };
}

/** Exchanges a trigger for the person who pulled it: once, and within three seconds. */
function useTrigger(workspace: Workspace, body: Json): string {
  const id = requiredText(body, 'trigger_id');
  const trigger = workspace.triggers.get(id);
  if (!trigger) throw new Refusal('invalid_trigger_id');
  if (trigger.used) throw new Refusal('exchanged_trigger_id');
  if (workspace.now() - trigger.at > limits.trigger.lifetimeMs) throw new Refusal('expired_trigger_id');
  trigger.used = true;
  return trigger.person;
}

function uniqueExternalId(workspace: Workspace, view: Json, except?: string): void {
  const all = [...workspace.views.values(), ...workspace.homes.values()];
  if (view.external_id && all.some((one) => one.external_id === view.external_id && one.id !== except))
    throw new Refusal('duplicate_external_id');
}

function matchHash(body: Json, current: View | undefined): void {
  const hash = optionalText(body, 'hash');
  if (hash && hash !== current?.hash) throw new Refusal('hash_conflict');
}

const show = (workspace: Workspace, person: string, view: View, below: string[]): Json => {
  workspace.views.set(view.id, view);
  workspace.stacks.set(person, [...below, view.id]);
  workspace.changed();
  return { view };
};

const open: Method = ({ workspace, body }) => {
  const definition = checkedView(body.view, 'modal');
  uniqueExternalId(workspace, definition);
  const person = useTrigger(workspace, body);
  for (const id of workspace.stacks.get(person) ?? []) workspace.views.delete(id);
  return show(workspace, person, storedView(workspace, definition, {}), []);
};

/** Lays a view on top of a person's open ones. */
export function pushView(workspace: Workspace, person: string, definition: Json): Json {
  const stack = workspace.stacks.get(person) ?? [];
  if (stack.length >= limits.view.stack) throw new Refusal('push_limit_reached');
  const below = stack.at(-1);
  const view = storedView(workspace, definition, { root_view_id: stack[0], previous_view_id: below ?? null });
  return show(workspace, person, view, stack);
}

const push: Method = ({ workspace, body }) => {
  const definition = checkedView(body.view, 'modal');
  uniqueExternalId(workspace, definition);
  const person = useTrigger(workspace, body);
  if ((workspace.stacks.get(person) ?? []).length === 0) throw new Refusal('not_found');
  return pushView(workspace, person, definition);
};

/** Replaces an open view; what the person has typed stays where the block's and the action's ids stay. */
export function replaceView(workspace: Workspace, current: View, definition: Json): View {
  const view = storedView(workspace, definition, current);
  const owner = [...workspace.homes].find(([, home]) => home.id === view.id)?.[0];
  if (owner) workspace.homes.set(owner, view);
  else workspace.views.set(view.id, view);
  workspace.changed();
  return view;
}

function openView({ workspace, body }: Call): View {
  const id = optionalText(body, 'view_id');
  const externalId = optionalText(body, 'external_id');
  const all = [...workspace.views.values(), ...workspace.homes.values()];
  const view = all.find((one) => (id ? one.id === id : one.external_id === (externalId ?? null)));
  if (!view) throw new Refusal('not_found');
  return view;
}

const update: Method = (call) => {
  const current = openView(call);
  const definition = checkedView(call.body.view, current.type);
  matchHash(call.body, current);
  uniqueExternalId(call.workspace, definition, current.id);
  return { view: replaceView(call.workspace, current, definition) };
};

const publish: Method = ({ workspace, body }) => {
  const person = somebody(workspace, requiredText(body, 'user_id'));
  const definition = checkedView(body.view, 'home');
  const current = workspace.homes.get(person.id);
  matchHash(body, current);
  const view = storedView(workspace, definition, { id: current?.id });
  workspace.homes.set(person.id, view);
  workspace.changed();
  return { view };
};

export const viewMethods: Record<string, Method> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};
