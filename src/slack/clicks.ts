import type { BlockAction, ButtonAction, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import type { Asker } from './answers.ts';
import type { OpenedFrom } from './modals.ts';
import type { Clicker } from './people.ts';

/** A pressed button, as the listeners need it. */
export interface Click {
  /** What the button says it is about. It names a request and proves nothing. */
  requestId: string;
  clicker: Clicker;
  asker: Asker;
  triggerId: string;
  /** The message it was pressed on; null for one that only this person sees, and for what stands under a card. */
  card: { channel: string; ts: string } | null;
  /** It was pressed in a modal: another one opens on top of that. */
  inModal: boolean;
}

export function clickOf(body: BlockAction<ButtonAction>): Click {
  const inModal = body.view?.type === 'modal';
  const from = inModal ? openedFrom(body.view?.private_metadata ?? '').channel : null;
  const channel = body.channel?.id ?? (body.container.channel_id as string | undefined) ?? from;
  const ts = body.message?.ts ?? null;
  const isReply = body.message?.thread_ts !== undefined && body.message.thread_ts !== ts;
  const isPrivate = body.container.is_ephemeral === true;
  return {
    requestId: body.actions[0]?.value ?? '',
    clicker: clickerOf(body),
    asker: { userId: body.user.id, channel, responseUrl: body.response_url ?? null },
    triggerId: body.trigger_id,
    card: channel && ts && !isPrivate && !isReply ? { channel, ts } : null,
    inModal,
  };
}

/** A submitted modal: who, and what it was opened for. */
export function submissionOf(body: ViewSubmitAction): { from: OpenedFrom; clicker: Clicker; asker: Asker } {
  const from = openedFrom(body.view.private_metadata);
  return {
    from,
    clicker: clickerOf(body),
    asker: { userId: body.user.id, channel: from.channel, responseUrl: null },
  };
}

function openedFrom(metadata: string): OpenedFrom {
  const carried = JSON.parse(metadata || '{}') as Partial<OpenedFrom>;
  return {
    requestId: String(carried.requestId ?? ''),
    channel: carried.channel ?? null,
    ...(carried.questionId !== undefined && { questionId: Number(carried.questionId) }),
  };
}

function clickerOf(body: BlockAction | ViewSubmitAction): Clicker {
  const user = body.user as { id: string; name?: string; username?: string; team_id?: string };
  return {
    userId: user.id,
    teamId: user.team_id ?? body.team?.id ?? null,
    enterpriseId: body.enterprise?.id ?? body.team?.enterprise_id ?? null,
    name: user.name ?? user.username ?? user.id,
  };
}

export const commanderOf = (command: SlashCommand): Clicker => ({
  userId: command.user_id,
  teamId: command.team_id,
  enterpriseId: command.enterprise_id ?? null,
  name: command.user_name,
});
