/** What the page knows: the screen of the acting person, as the server sends it, and where they look. */
export const store = { screen: undefined, as: '', channel: '', tab: 'messages', thread: '', highlighted: '' };

const listeners = new Set();
let source;

export const onScreen = (listener) => listeners.add(listener);
export const redraw = () => {
  if (store.screen) for (const listener of listeners) listener(store.screen);
};

/** Follows the screen of a person; the connection comes back by itself. */
export function actAs(person) {
  store.as = person;
  source?.close();
  source = new EventSource(`/ui/events?as=${encodeURIComponent(person)}`);
  source.addEventListener('screen', (event) => {
    store.screen = JSON.parse(event.data);
    store.as = store.screen.me;
    document.body.classList.remove('offline');
    redraw();
  });
  source.addEventListener('error', () => document.body.classList.add('offline'));
}

/** Does something in the name of the acting person; answers what to show them. */
export async function act(what) {
  try {
    const response = await fetch('/ui/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ as: store.as, ...what }),
    });
    return await response.json();
  } catch {
    return { notice: 'Local Slack is not running.' };
  }
}

export const person = (id) => store.screen.people.find((one) => one.id === id);
export const channel = (id) => store.screen.channels.find((one) => one.id === id);
export const messagesOf = (id) => store.screen.messages[id] ?? [];
export const appChannel = () => store.screen.channels.find((one) => one.with);
