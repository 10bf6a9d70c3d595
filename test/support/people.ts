import type { Person } from '../../src/core/people.ts';
import type { People } from '../../src/gate/people.ts';
import { voterNamed } from './deps.ts';

/** Somebody as Slack knows them; say what is different. */
export const personNamed = (name: string, over: Partial<Person> = {}): Person => ({
  userId: `U${name.toUpperCase()}`,
  name,
  email: null,
  timeZone: 'Europe/Berlin',
  isActive: true,
  isSnoozed: false,
  isGone: false,
  ...over,
});

export interface StubPeople extends People {
  /** Members of every channel. */
  reviewers: Person[] | null;
  /** Everybody else who can be named, by Slack id. */
  others: Map<string, Person>;
}

/** A Slack that knows these people; `reviewers: null` is a Slack that does not answer. */
export function stubPeople(reviewers: Person[] | null, others: Person[] = []): StubPeople {
  const stub: StubPeople = {
    reviewers,
    others: new Map(others.map((person) => [person.userId, person])),
    voter: async ({ userId, name }, { reviewers }) => voterNamed(name, { userId, against: reviewers }),
    maySee: async () => true,
    audience: async (_, audience) => {
      if (stub.reviewers === null) return null;
      if (audience === 'reviewers') return stub.reviewers;
      return audience.users.flatMap((id) => stub.others.get(id) ?? []);
    },
  };
  return stub;
}
