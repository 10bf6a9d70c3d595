/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx';
import { checksOf } from '../core/checks.ts';
import { commandText } from '../core/command/command.ts';
import { highestLevel } from '../core/followers.ts';
import { BY_A_MODEL } from '../core/model-words.ts';
import type { EarlierRequest, Request, RequestView } from '../core/request.ts';
import { heaviestFirst } from '../core/risk/assessment.ts';
import { sourceLinks } from '../core/source-links.ts';
import { howItWent } from '../core/standing.ts';
import { countedFirst } from '../core/why-it-asks.ts';
import { REQUESTER_KIND } from '../core/wording.ts';
import { Dotted, Fact, Leading, Moment, Quoted, WithCode, Words } from './pieces.tsx';

const MOST_REASONS = 40;
const MOST_LOOKED = 40;

/** The risk with every reason, the heaviest first. */
export const RiskPart = ({ view }: { view: RequestView }) => {
  const { level, score } = view.assessment;
  const sorted = heaviestFirst(view.assessment);
  const rounded = Math.max(0, Math.min(100, Math.round(score)));
  return (
    <section class={`risk risk-${level.toLowerCase()}`} aria-label="Risk">
      <h2>
        <span class="level">{level} risk</span> <span class="score">{rounded} of 100</span>
      </h2>
      <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="meter-rest" width="100" height="4" />
        <rect class="meter-filled" width={String(rounded)} height="4" />
      </svg>
      {sorted.length > 0 && (
        <ul class="reasons">
          {sorted.slice(0, MOST_REASONS).map(({ points, why }) => (
            <li>
              <span class="points">{points > 0 ? `+${points}` : points}</span> <Words of={why} max={300} />
            </li>
          ))}
          {sorted.length > MOST_REASONS && <li>{sorted.length - MOST_REASONS} more</li>}
        </ul>
      )}
      <Alike view={view} />
    </section>
  );
};

/** How often the same was asked: one decision for all, and its risk may have risen. */
const Alike = ({ view }: { view: RequestView }) => {
  const { count } = view.followers;
  if (count === 0) return null;
  const highest = highestLevel(view);
  return (
    <p class="caution">
      Asked {count + 1} times: one decision for all.
      {highest !== view.assessment.level && ` Asked again it is ${highest}.`}
    </p>
  );
};

/** What a model made of the command: text like any stranger's, and never without saying whose. */
export const InWords = ({ view: { modelWords } }: { view: RequestView }) =>
  modelWords && (
    <section aria-label="In words">
      <h2>In words</h2>
      <Quoted of={modelWords.text} max={300} lines={1} />
      <p class="soft">
        {BY_A_MODEL} Model <Words of={modelWords.model} max={100} />, prompt{' '}
        <Words of={modelWords.prompt} max={100} />.
      </p>
    </section>
  );

/** The requester's words, set apart from ours. */
export const WhyPart = ({ view }: { view: RequestView }) => (
  <>
    {view.reason?.trim() && (
      <section>
        <h2>Why</h2>
        <Quoted of={view.reason} />
      </section>
    )}
    {view.context.change_summary?.trim() && (
      <section>
        <h2>What changes</h2>
        <Quoted of={view.context.change_summary} />
      </section>
    )}
  </>
);

/** Who asks, and through which token. The actor is anybody's word; the token is known. */
const Requester = ({ requester }: { requester: Request['requester'] }) => (
  <>
    {requester.actor && (
      <>
        <Words of={requester.actor} max={60} /> via{' '}
      </>
    )}
    <Words of={requester.tokenName} max={60} /> ({REQUESTER_KIND[requester.kind]})
  </>
);

/** Who asked, when, and where from: what somebody weighs before anything else. */
export const Asked = ({ view }: { view: RequestView }) => (
  <>
    <Fact name="Asked by">
      <Requester requester={view.requester} />, <Moment at={view.createdAt} />
    </Fact>
    <Fact name="From">
      <From view={view} />
    </Fact>
  </>
);

const From = ({ view }: { view: RequestView }) => {
  const { repository, ref, job, step, host, source } = view.context;
  const steps = [job, step].filter((part): part is string => Boolean(part));
  const places: Child[] = [
    repository && (
      <>
        <Words of={repository} max={100} />
        {ref && (
          <>
            {' '}
            at <Words of={ref} max={80} />
          </>
        )}
      </>
    ),
    steps.length > 0 && <Words of={steps.join(' › ')} max={120} />,
    host && (
      <>
        host <Words of={host} max={80} />
      </>
    ),
  ].filter(Boolean);
  const named: Child[] = places.length > 0 || !source ? places : [<Words of={source} max={60} />];
  return (
    <Dotted
      items={[
        <>
          project <Words of={view.project} max={100} />
        </>,
        ...named,
        ...sourceLinks(view).map((link) => <Leading {...link} />),
      ]}
    />
  );
};

/** What else the caller sent along, and what ran before it. */
export const Around = ({ view }: { view: RequestView }) => {
  const { links = [], checks = [] } = view.context;
  if (links.length + checks.length + view.earlier.length === 0) return null;
  return (
    <section aria-label="Around it">
      <h2>Around it</h2>
      <dl class="facts">
        <Fact name="Links">
          {links.length > 0 && (
            <ul>
              {links.slice(0, 10).map(({ title, url }) => (
                <li>
                  <Words of={title} max={100} /> <Leading words="open" to={url} />
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Checks checks={checks} />
        <Before earlier={view.earlier} />
      </dl>
    </section>
  );
};

const Checks = ({ checks }: { checks: NonNullable<Request['context']['checks']> }) => {
  if (checks.length === 0) return null;
  const { open, words } = checksOf(checks);
  return (
    <Fact name="Checks">
      {words}
      {open.length > 0 && (
        <ul>
          {open.slice(0, 20).map(({ name, state, url }) => (
            <li>
              <Words of={name} max={100} />: <Words of={state} max={50} /> <Leading words="open" to={url} />
            </li>
          ))}
        </ul>
      )}
    </Fact>
  );
};

const Before = ({ earlier }: { earlier: EarlierRequest[] }) =>
  earlier.length === 0 ? null : (
    <Fact name="Before it">
      <ul>
        {earlier.map((one) => {
          const { mark, words } = howItWent(one);
          return (
            <li>
              {mark}{' '}
              <code>
                <Words of={commandText(one.command)} max={120} />
              </code>{' '}
              {words}
            </li>
          );
        })}
      </ul>
    </Fact>
  );

/** Why people are asked at all: every policy and rule that was looked at, what counted first. */
export const LookedAt = ({ view }: { view: RequestView }) => {
  const all = countedFirst(view.explanation);
  if (all.length === 0) return null;
  return (
    <details id="looked-at">
      <summary>What was looked at</summary>
      <ul class="looked">
        {all.slice(0, MOST_LOOKED).map(({ kind, name, applies, why }) => (
          <li>
            {applies ? '✔️' : '▫️'}{' '}
            {kind === 'policy' ? 'policy ' : kind === 'rule' && name !== 'rules' ? 'rule ' : ''}
            <b>
              <Words of={name} max={200} />
            </b>
            : <WithCode of={why} />
          </li>
        ))}
        {all.length > MOST_LOOKED && <li>{all.length - MOST_LOOKED} more</li>}
      </ul>
    </details>
  );
};

export const Identifiers = ({ view }: { view: RequestView }) => (
  <dl class="facts soft">
    <Fact name="Request">
      <code>
        <Words of={view.id} />
      </code>
    </Fact>
    <Fact name="Digest">
      <code>
        sha256:
        <Words of={view.digest.sha256} />
      </code>
    </Fact>
    <Fact name="Program">
      {view.program && (
        <code>
          sha256:
          <Words of={view.program.sha256} />
        </code>
      )}
    </Fact>
  </dl>
);
