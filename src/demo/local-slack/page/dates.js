/** Slack's date formats (`{date_short_pretty} at {time}`) in the reader's own time. */
export function formatDate(timestamp, format, { timeZone, locale = 'en-GB', now = Date.now() } = {}) {
  const date = new Date(timestamp * 1000);
  const show = (options) => new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(date);
  const dayOf = (moment) => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(moment);
  const near = () => {
    const apart = Math.round((Date.parse(dayOf(date)) - Date.parse(dayOf(new Date(now)))) / 86_400_000);
    return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[apart];
  };
  const shapes = {
    date_num: () => dayOf(date),
    date_slash: () => show({ day: '2-digit', month: '2-digit', year: 'numeric' }),
    date: () => show({ day: 'numeric', month: 'long' }),
    date_short: () => show({ day: 'numeric', month: 'short', year: 'numeric' }),
    date_long: () => show({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    date_long_full: () => show({ day: 'numeric', month: 'long', year: 'numeric' }),
    time: () => show({ hour: '2-digit', minute: '2-digit' }),
    time_secs: () => show({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    ago: () => ago(timestamp, now),
  };
  return format.replace(/\{(\w+?)(_pretty)?\}/g, (all, name, pretty) => {
    const shape = shapes[name];
    if (!shape) return all;
    return (pretty && near()) || shape();
  });
}

function ago(timestamp, now) {
  const seconds = Math.round(now / 1000 - timestamp);
  const [amount, unit] =
    Math.abs(seconds) < 3600
      ? [Math.round(seconds / 60), 'minute']
      : Math.abs(seconds) < 86_400
        ? [Math.round(seconds / 3600), 'hour']
        : [Math.round(seconds / 86_400), 'day'];
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-amount, unit);
}
