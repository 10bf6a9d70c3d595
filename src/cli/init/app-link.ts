import { parse, stringify } from 'yaml';
import type { Transport } from './answers.ts';

interface Manifest {
  features: { slash_commands: { url?: string }[] };
  oauth_config: { redirect_urls?: string[] };
  settings: {
    event_subscriptions: { request_url?: string };
    interactivity: { request_url?: string };
    socket_mode_enabled: boolean;
  };
}

const EXAMPLE = 'https://gate.example.com';

/** The manifest of the Slack app for a gate at this address. */
export function manifestFor(text: string, { url, transport }: { url: string; transport: Transport }): string {
  const manifest = parse(text.replaceAll(EXAMPLE, url.replace(/\/+$/, ''))) as Manifest;
  const { features, oauth_config, settings } = manifest;
  settings.socket_mode_enabled = transport === 'socket';
  if (transport === 'socket') {
    // Slack sends everything over the socket, and refuses addresses that are not https.
    delete settings.interactivity.request_url;
    delete settings.event_subscriptions.request_url;
    for (const command of features.slash_commands) delete command.url;
  }
  if (!url.startsWith('https:')) delete oauth_config.redirect_urls;
  return stringify(manifest, { lineWidth: 0 });
}

/** Opens the page of Slack that makes the app, filled in. */
export const appLink = (manifest: string): string =>
  `https://api.slack.com/apps?new_app=1&manifest_yaml=${encodeURIComponent(manifest)}`;
