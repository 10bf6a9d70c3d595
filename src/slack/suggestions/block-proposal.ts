import type { BlockProposalPost } from '../../core/learning/post.ts';
import {
  bold,
  bullets,
  code,
  lines,
  type Message,
  preformatted,
  quotedWords,
  richText,
  said,
  section,
  text,
} from '../blocks.ts';
import { environmentName } from '../texts.ts';

const MOST_REASONS = 5;

/** Several people said no to the same family: a policy would say so before anybody is asked. */
export function blockProposal({ environment, family, denials, reasons, policy }: BlockProposalPost): Message {
  return {
    text: 'A policy is proposed',
    blocks: [
      richText(
        lines([
          text('🚧 '),
          code(said(family, 100)),
          text(` was denied ${denials} times on `),
          bold(environmentName(environment)),
          text('. A policy could block it, and say what to do instead.'),
        ]),
        ...(reasons.length > 0
          ? [bullets(reasons.slice(0, MOST_REASONS).map((reason) => [text(`“${said(reason, 200)}”`)]))]
          : []),
        section(text('An administrator adds it to '), code('gatehouse.yaml'), text(':')),
        preformatted(quotedWords(policy, 2500, 40)),
      ),
    ],
  };
}
