import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { Environment } from '../core/environment.ts';
import { environmentOf } from '../gate/environment-asked.ts';
import {
  bold,
  cut,
  escaped,
  header,
  type Inline,
  lines,
  type Message,
  mention,
  preformatted,
  richText,
  text,
} from './blocks.ts';
import { guarded } from './listeners.ts';
import { plain } from './modals.ts';
import type { Slack } from './slack.ts';
import { banner, environmentName } from './texts.ts';

const TEST_PRESS = 'test-card';

/** What `gate doctor --send-test` posts: it asks nothing, decides nothing, and tells whether presses reach the gate. */
export function testCard(environment: Environment, deciders: string): Message {
  return {
    text: escaped(`Test card for ${environmentName(environment.name)}: nothing to decide.`),
    blocks: [
      header(`🧪 TEST · ${banner(environment)}`),
      richText(
        lines([
          bold('This is a test; nobody has to decide anything.'),
          text(' Cards of this environment appear here.'),
        ]),
        preformatted('echo "a command would stand here"'),
        lines([bold('Would decide: '), text(deciders)]),
      ),
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            action_id: TEST_PRESS,
            value: cut(environment.name, 200),
            text: plain('Press me: do presses reach the gate?'),
          },
        ],
      },
    ],
  };
}

/** The press on a test card: the card says that it arrived, and loses its button. */
export function listenToTestCards(app: App, slack: Slack): void {
  app.action<BlockAction<ButtonAction>>(
    { action_id: TEST_PRESS, type: 'block_actions' },
    async ({ ack, body }) => {
      await ack();
      const [channel, ts] = [body.channel?.id, body.message?.ts];
      if (!channel || !ts) return;
      const environment = environmentOf(slack.deps, body.actions[0]?.value ?? '');
      const asker = { userId: body.user.id, channel, responseUrl: body.response_url ?? null };
      await guarded(slack, 'a test card', asker, async () => {
        await slack.client.chat.update({ channel, ts, ...pressedCard(environment, mention(body.user.id)) });
      });
    },
  );
}

const pressedCard = (environment: Environment, who: Inline): Message => ({
  text: escaped(`Test card for ${environmentName(environment.name)}: it works.`),
  blocks: [
    header(`🧪 TEST · ${banner(environment)}`),
    richText(lines([text('✅ The press of '), who, text(' reached the gate: cards and buttons work here.')])),
  ],
});
