// What the page of a request does beside its forms: local times, countdowns, and following the request. Everything
// works without it. It fetches HTML from our own server only; text of callers arrives there escaped.

const live = document.getElementById('live');

/** The server's clock: deadlines are its own, and this machine's may be wrong. */
let ahead = 0;

const sameDay = (a, b) => a.toDateString() === b.toDateString();

/** `today 14:02`, `22 Nov, 14:02`, in the reader's own time zone; the title keeps UTC. */
function localTime(at) {
  const time = at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  if (sameDay(at, new Date(Date.now() + ahead))) return time;
  return `${at.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })}, ${time}`;
}

function localise(root) {
  for (const node of root.querySelectorAll('time[datetime]')) {
    const at = new Date(node.dateTime);
    if (Number.isNaN(at.getTime()) || node.title) continue;
    node.title = node.textContent;
    node.textContent = localTime(at);
  }
}

const two = (value) => String(value).padStart(2, '0');

function left(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function tick() {
  for (const node of document.querySelectorAll('.countdown[data-until]')) {
    const ms = new Date(node.dataset.until).getTime() - Date.now() - ahead;
    const text = ms > 0 ? left(ms) : 'time is over';
    if (node.textContent !== text) node.textContent = text;
    node.classList.toggle('soon', ms < 120_000);
  }
}

/** What somebody is typing, has picked, opened or focused, by the ids of forms and details. */
function kept(root) {
  const fields = [...root.querySelectorAll('form[id] :is(textarea, input[type=radio])')];
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  return {
    fields: fields.map((node) => [keyOf(node), node.type === 'radio' ? node.checked : node.value]),
    open: [...root.querySelectorAll('details[id][open]')].map((node) => node.id),
    focus: focused && keyOf(focused),
    selection: focused && 'selectionStart' in focused ? [focused.selectionStart, focused.selectionEnd] : null,
  };
}

const keyOf = (node) =>
  `${node.form?.id ?? ''}/${node.name || node.id || node.parentElement?.id || node.textContent}/${node.type === 'radio' ? node.value : ''}`;

function restore(root, { fields, open, focus, selection }) {
  for (const id of open) root.querySelector(`details#${CSS.escape(id)}`)?.setAttribute('open', '');
  const known = new Map(fields);
  for (const node of root.querySelectorAll('form[id] :is(textarea, input[type=radio])')) {
    const value = known.get(keyOf(node));
    if (value === undefined) continue;
    if (node.type === 'radio') node.checked = value;
    else node.value = value;
  }
  if (focus === null) return;
  const node = [...root.querySelectorAll('textarea, input, button, summary, a, pre')].find(
    (one) => keyOf(one) === focus,
  );
  node?.focus({ preventScroll: true });
  if (node?.tagName === 'TEXTAREA' && selection) node.setSelectionRange(...selection);
}

const article = () => live.querySelector('article');
const isOver = () => article().dataset.over === 'true';
let timers = [];

/** Time alone changes what the page offers: it looks again when the server said so. */
function arrange() {
  const now = new Date(article().dataset.now).getTime();
  ahead = now - Date.now();
  localise(document);
  tick();
  if (isOver()) events?.close();
  for (const timer of timers) clearTimeout(timer);
  timers = article()
    .dataset.lookAgain.split(' ')
    .map((at) => new Date(at).getTime() - now)
    .filter((ms) => ms > 0 && ms < 2 ** 31)
    .map((ms) => setTimeout(refresh, ms + 1500));
}

let isFetching = false;
let isWanted = false;

async function refresh() {
  isWanted = true;
  if (isFetching) return;
  isFetching = true;
  try {
    while (isWanted) {
      isWanted = false;
      const answer = await fetch(live.dataset.fragment, { headers: { accept: 'text/html' } });
      // Signed out, or no longer allowed to see it: the whole page says so.
      if (answer.status === 401 || answer.status === 404) return location.reload();
      if (!answer.ok) throw new Error(`the page answered ${answer.status}`);
      const text = await answer.text();
      const before = kept(live);
      live.innerHTML = text;
      restore(live, before);
      arrange();
      showOffline(false);
    }
  } catch {
    showOffline(true);
    setTimeout(refresh, 5000);
  } finally {
    isFetching = false;
  }
}

let offlineTimer;

/** A reconnect takes a few seconds: only what lasts longer is said. */
function showOffline(isOffline) {
  clearTimeout(offlineTimer);
  const node = document.getElementById('offline');
  if (!isOffline) node.hidden = true;
  else if (node.hidden) offlineTimer = setTimeout(() => (node.hidden = false), 8000);
}

let events;

function follow() {
  if (isOver()) return;
  events = new EventSource(`${live.dataset.events}?version=${article().dataset.version}`);
  events.addEventListener('change', refresh);
  events.addEventListener('open', () => showOffline(false));
  events.addEventListener('error', () => {
    // Ended for good: the page says why. A lost connection comes back by itself.
    if (events.readyState === EventSource.CLOSED) refresh();
    else showOffline(true);
  });
}

/** A second press of the same button sends nothing. */
document.addEventListener('submit', (event) => {
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = 'yes';
});
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

if (live) {
  arrange();
  follow();
  setInterval(tick, 1000);
} else {
  localise(document);
  tick();
  setInterval(tick, 1000);
}
