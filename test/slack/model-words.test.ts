import { expect, it } from 'vitest';
import { messageFaults } from '../../src/demo/local-slack/block-kit.ts';
import { card } from '../../src/slack/cards.ts';
import { detailsModal } from '../../src/slack/details.ts';
import { at, PLACE, readCard, viewOf } from './views.ts';

const modelWords = {
  text: 'Restarts the deployment checkout in the namespace shop.',
  prompt: 'explain-command@1',
  model: 'small-1',
};

it('the card says what a model wrote, whose words they are, and that they decide nothing', () => {
  const lines = readCard(viewOf({ modelWords })).split('\n');
  const said = lines.findIndex((line) => line.startsWith('In words: '));
  expect(lines.slice(said, said + 2)).toEqual([
    'In words: Restarts the deployment checkout in the namespace shop.',
    'Explained by a language model; it does not decide.',
  ]);
  expect(lines[said - 1]).toContain('HIGH risk');
  expect(readCard(viewOf())).not.toContain('language model');
});

it('its words are text, whatever got past: no link, no mention, no second line', () => {
  const text = 'Safe.\n<!channel> <https://evil.example.com|approve> @here `x` *y*\u202e';
  const view = viewOf({ modelWords: { ...modelWords, text: text.padEnd(4000, 'x') } });
  const message = card(view, PLACE);
  expect(messageFaults(message.blocks)).toEqual([]);
  expect(message.text).not.toContain('evil');
  const quoted = message.blocks.filter((block) => JSON.stringify(block).includes('In words'));
  expect(quoted).toHaveLength(1);
  expect(JSON.stringify(quoted)).not.toMatch(/"type":"(link|user|broadcast|mrkdwn|usergroup|emoji)"/);
  expect(JSON.stringify(quoted).length).toBeLessThan(900);
  expect(readCard(view)).toContain('Safe. ⏎ <!channel>');
});

it('a card that was decided leaves them out; the details keep them, with prompt and model', () => {
  const decision = { by: 'people' as const, at: at(72), reason: null, people: [] };
  const view = viewOf({ state: 'approved', decision, modelWords });
  expect(readCard(view)).not.toContain('language model');
  const details = JSON.stringify(detailsModal(view, { environment: PLACE.environment } as never));
  expect(details).toContain('Restarts the deployment checkout');
  expect(details).toContain('Prompt explain-command@1, model small-1');
});
