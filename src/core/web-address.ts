const LONGEST_URL = 2000;

/** A web address a person may follow, normalised (its host in ASCII); null for anything else. */
export function webAddress(url: string | null | undefined): URL | null {
  if (!url || url.length > LONGEST_URL || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  const isWeb = parsed.protocol === 'https:' || parsed.protocol === 'http:';
  // `https://github.com@evil.example` reads as another host than it opens.
  const isPlain = parsed.username === '' && parsed.password === '' && parsed.href.length <= LONGEST_URL;
  return isWeb && isPlain && parsed.host !== '' ? parsed : null;
}
