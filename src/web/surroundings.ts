import type { Deps } from '../gate/deps.ts';
import type { Assets } from './assets.ts';
import type { Site } from './site.ts';
import type { OpenIdProvider, SlackSignIn } from './slack-oidc.ts';

/** What every page is given. Built once, in web.ts. */
export interface Web {
  deps: Deps;
  site: Site;
  assets: Assets;
  signIn: SlackSignIn | null;
  openId: OpenIdProvider | null;
  closing: AbortSignal;
  onFault(where: string, error: unknown): void;
  mayBeginSignIn(address: string): boolean;
  maySendForm(session: string): boolean;
}

/** Signing in needs the app's credentials, and a Slack that knows who people are. */
export const canSignIn = (web: Web): boolean => web.openId !== null && web.deps.people !== null;
