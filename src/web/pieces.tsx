/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { type Child, Fragment } from 'hono/jsx';
import { quotedWords, said } from '../core/command/said.ts';
import { webAddress } from '../core/web-address.ts';

// Whatever a caller wrote goes through `Words`, `Quoted` or `Escaped`: the first two make hidden characters visible,
// all of them end as text. `bdi` keeps words that are written from right to left out of ours.

/** A caller's words as one short line. */
export const Words = ({ of, max = 200 }: { of: string; max?: number }) => (
  <bdi>
    <Escaped text={said(of, max)} />
  </bdi>
);

/** A caller's words with their line breaks, set apart from ours. */
export const Quoted = ({ of, max = 3500, lines = 60 }: { of: string; max?: number; lines?: number }) => (
  <blockquote dir="auto">
    <Escaped text={quotedWords(of, max, lines)} />
  </blockquote>
);

/** Text that was made visible, its written-out characters marked: `⟦U+202E⟧`. Nothing else can look like one. */
export const Escaped = ({ text }: { text: string }) => (
  <Fragment>
    {text
      .split(/(⟦U\+[0-9A-F]{4,6}⟧)/)
      .map((part, index) =>
        index % 2 === 1 ? <mark title="A character that is not seen">{part}</mark> : part,
      )}
  </Fragment>
);

/** Words of the gate in which commands stand between backticks, with those set as code. */
export const WithCode = ({ of, max = 300 }: { of: string; max?: number }) => (
  <bdi>
    {said(of, max)
      .split('`')
      .map((part, index) =>
        index % 2 === 1 ? (
          <code>
            <Escaped text={part} />
          </code>
        ) : (
          <Escaped text={part} />
        ),
      )}
  </bdi>
);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `22 Nov, 14:02 UTC`; the script of the page writes it in the reader's own zone. */
export const inUtc = (at: Date): string =>
  `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}, ${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC`;

export const Moment = ({ at }: { at: Date }) => <time datetime={at.toISOString()}>{inUtc(at)}</time>;

/** How long until then, counted down by the script; without it only the moment beside it tells. */
export const Countdown = ({ to }: { to: Date }) => (
  <span class="countdown" data-until={to.toISOString()} role="timer" />
);

/** A link in words of ours, with the host it leads to: the address is a caller's. Nothing when it is no web address. */
export const Leading = ({ words, to }: { words: string; to: URL | string | undefined }) => {
  const address = webAddress(to instanceof URL ? to.href : to);
  return address ? (
    <span class="leading">
      <a href={address.href} rel="noopener noreferrer nofollow" target="_blank">
        {words}
      </a>{' '}
      <small>
        (<bdi>{address.host}</bdi>)
      </small>
    </span>
  ) : null;
};

/** Things with ` · ` between them. */
export const Dotted = ({ items }: { items: Child[] }) => (
  <Fragment>
    {items
      .filter((item) => item !== null && item !== false && item !== undefined && item !== '')
      .map((item, index) => (
        <Fragment>
          {index > 0 && ' · '}
          {item}
        </Fragment>
      ))}
  </Fragment>
);

/** A line of facts: what it is, then what is known. Left out when nothing is. */
export const Fact = ({ name, children }: { name: string; children?: Child }) =>
  children ? (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  ) : null;
