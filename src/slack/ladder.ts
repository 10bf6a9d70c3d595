import type { RungView } from '../core/escalation.ts';
import { reachNow, reachParts } from '../core/reach.ts';
import type { RequestView } from '../core/request.ts';
import { comingRungs, nameOfRung, takenRungs, whatBecameOf } from '../core/rungs.ts';
import { bold, date, dotted, type Inline, quotedWords, said, text } from './blocks.ts';

type Told = Pick<
  RequestView,
  'ladder' | 'reach' | 'claim' | 'questions' | 'state' | 'emergency' | 'reviewers'
>;

/** Steps and questions that a card shows; Details shows all of them. */
const SHOWN = { steps: 5, questions: 3 };

/** Who has been told, when, what did not work, and what comes next. */
export function ladderLines(view: Told, most = SHOWN.steps): Inline[][] {
  const taken = takenRungs(view.ladder);
  if (view.state !== 'pending') return taken.slice(-most).map((rung) => tookPlace(rung, view));
  const started = view.ladder.rungs.find(({ kind, taken: result }) => kind === 'card' && result?.nobody);
  return [
    ...claimLine(view),
    ...(taken.length === 0 ? reachLine(view) : []),
    ...(started ? [[text('⚠️ No reviewer can decide this: '), text(`${started.taken?.nobody}.`)]] : []),
    ...taken.slice(-most).map((rung) => tookPlace(rung, view)),
    ...nextLine(view),
  ];
}

/** Every step that was taken, for Details. */
export const ladderHistory = (view: Told): Inline[][] =>
  takenRungs(view.ladder).map((rung) => tookPlace(rung, view));

const claimLine = ({ claim }: Told): Inline[][] =>
  claim
    ? [
        [
          text('👀 '),
          bold(said(claim.name, 60)),
          text(' is looking at it since '),
          date(new Date(claim.at), '{time}'),
          text('.'),
        ],
      ]
    : [];

function reachLine({ reach, ladder }: Told): Inline[][] {
  if (!reach) return [];
  const parts = reachParts(reachNow(reach, ladder)).map(
    (part): Inline => (typeof part === 'string' ? text(part) : date(part, '{time}')),
  );
  return [[bold(reach.nobody ? '⚠️ Reach: ' : 'Reach: '), ...parts, text('.')]];
}

/** `14:06 backups told: Caro · e-mail to …: it was refused` */
function tookPlace(rung: RungView, view: Told): Inline[] {
  const early = rung.taken?.early ? ` (${rung.taken.early})` : '';
  const problems = rung.problems.slice(0, 3).map((problem): Inline[] => [text(`⚠️ ${said(problem, 160)}`)]);
  return [
    date(rung.takenAt ?? rung.dueAt, '{time}'),
    text(' '),
    ...dotted([[text(`${whatBecameOf(rung, view)}${early}`)], ...problems]),
  ];
}

/** `Next: backups at 14:06, pager at 14:08`; when nothing is left, the deadline line says what happens. */
function nextLine(view: Told): Inline[][] {
  const { ladder, reach } = view;
  if (ladder.pausedUntil)
    return [
      [
        bold('Held up '),
        text('by a question, until '),
        date(ladder.pausedUntil, '{time}'),
        text(' at most.'),
      ],
    ];
  // Before anything was done, the reach says it.
  if (takenRungs(ladder).length === 0 && reach) return [];
  const next = comingRungs(ladder).slice(0, 3);
  if (next.length === 0) return [];
  const each = next.map((rung): Inline[] => [
    text(`${nameOfRung(rung, view)} at `),
    date(rung.dueAt, '{time}'),
  ]);
  return [
    [bold('Next: '), ...each.flatMap((item, i) => (i === 0 ? item : [text(', '), ...item])), text('.')],
  ];
}

/** What reviewers asked, and what the one who asked for the command said. */
export function questionLines({ questions }: Told, most = SHOWN.questions): Inline[][] {
  return questions
    .slice(-most)
    .flatMap(({ askedByName, text: words, answer, answeredByName }) => [
      [bold(`${said(askedByName, 60)} asks: `), text(quotedWords(words, 300, 3))],
      answer === null
        ? [text('No answer yet.')]
        : [bold(`${said(answeredByName ?? 'The requester', 60)}: `), text(quotedWords(answer, 300, 3))],
    ]);
}
