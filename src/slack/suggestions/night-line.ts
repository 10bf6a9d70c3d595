import type { ActionsBlock } from '@slack/types';
import { roundedDuration } from '../../core/duration.ts';
import type { NightPost, NightReport } from '../../core/learning/post.ts';
import { grouped } from '../../core/wording.ts';
import { bold, code, type Inline, lines, type Message, richText, text } from '../blocks.ts';
import { plain } from '../modals.ts';
import { counted } from './suggestion-words.ts';

export const SHOW_SUGGESTIONS = 'show-suggestions';

/** The line of a night, and how the last days went. */
export function nightLine(post: NightPost): Message {
  const { suggestions, announced = 0, expiring = 0, report } = post;
  return {
    text: 'What last night brought',
    blocks: [
      richText(lines(suggested(post), leaving(announced, expiring), report ? reported(report) : [])),
      ...(suggestions + announced + expiring > 0 ? [show] : []),
    ],
  };
}

function leaving(announced: number, expiring: number): Inline[] {
  const parts = [
    announced > 0 ? `${counted(announced, 'rule')} nobody needs will go soon` : '',
    expiring > 0 ? `${counted(expiring, 'rule')} will soon expire` : '',
  ].filter(Boolean);
  return parts.length > 0
    ? [text(`🍂 ${parts.join(' · ')}, unless somebody keeps ${announced + expiring === 1 ? 'it' : 'them'}.`)]
    : [];
}

function suggested({ suggestions, prunes, savesPerWeek }: NightPost): Inline[] {
  if (suggestions === 0) return [text('🌙 Last night: nothing new to suggest.')];
  const saved = Math.round(savesPerWeek);
  const tidying = prunes === 0 ? '' : `; ${prunes === suggestions ? 'all' : grouped(prunes)} to remove rules`;
  return [
    text('🌙 Last night: '),
    bold(counted(suggestions, 'suggestion')),
    text(saved > 0 ? ` would save about ${counted(saved, 'approval')} a week${tidying}. ` : `${tidying}. `),
    code('/gate rules'),
  ];
}

function reported({ days, decided, passed, savedSeconds, medianSeconds, p90Seconds }: NightReport): Inline[] {
  if (decided === 0) return [];
  const rate = Math.floor((100 * passed) / decided);
  const parts = [
    `${rate} % of ${counted(decided, 'request')} passed by rules`,
    savedSeconds >= 60 ? `about ${roundedDuration(savedSeconds * 1000)} of waiting saved` : '',
    medianSeconds === null
      ? ''
      : `people answered in ${roundedDuration(medianSeconds * 1000)} (median)${
          p90Seconds === null ? '' : `, 9 of 10 within ${roundedDuration(p90Seconds * 1000)}`
        }`,
  ];
  return [text(`📈 Last ${counted(days, 'day')}: ${parts.filter(Boolean).join(' · ')}.`)];
}

const show: ActionsBlock = {
  type: 'actions',
  block_id: 'night',
  elements: [
    {
      type: 'button',
      action_id: SHOW_SUGGESTIONS,
      value: 'night',
      text: plain('Show suggestions'),
      style: 'primary',
    },
  ],
};
