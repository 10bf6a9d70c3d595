import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inTime, readInTime } from '../../src/slack/in-time.ts';
import { kept } from '../../src/slack/kept.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what is kept', () => {
  it('for its time, each key by itself', async () => {
    const read = vi.fn(async (key: string) => `${key}${read.mock.calls.length}`);
    const get = kept(read, 1000);
    expect([await get('a'), await get('b'), await get('a')]).toEqual(['a1', 'b2', 'a1']);
    vi.advanceTimersByTime(999);
    expect(await get('a')).toBe('a1');
    vi.advanceTimersByTime(1);
    expect(await get('a')).toBe('a3');
  });

  it('is shared while it is read', async () => {
    const read = vi.fn(async () => 1);
    const get = kept(read, 1000);
    await Promise.all([get('a'), get('a'), get('a')]);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('not when it failed', async () => {
    const read = vi.fn(async () => 1).mockRejectedValueOnce(new Error('no'));
    const get = kept(read, 1000);
    await expect(get('a')).rejects.toThrow('no');
    expect(await get('a')).toBe(1);
  });
});

describe('in time', () => {
  const later = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));
  const until = (ms: number) => Date.now() + ms;

  it('an answer, or late', async () => {
    const answers = Promise.all([inTime(later(10, 'a'), until(20)), inTime(later(30, 'b'), until(20))]);
    await vi.advanceTimersByTimeAsync(30);
    expect(await answers).toEqual(['a', 'late']);
  });

  it('a failure is passed on', async () => {
    await expect(inTime(Promise.reject(new Error('no')), until(20))).rejects.toThrow('no');
  });

  it('reads so many at a time, and none after the moment', async () => {
    const begun: string[] = [];
    const read = (key: string) => {
      begun.push(key);
      return later(10, key.toUpperCase());
    };
    const reading = readInTime(['a', 'b', 'c', 'd', 'e', 'f'], { atOnce: 2, until: until(15) }, read);
    expect(begun).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(100);
    expect([...(await reading).found]).toEqual([
      ['a', 'A'],
      ['b', 'B'],
    ]);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('leaves out what fails, and says so', async () => {
    const read = async (key: string) => (key === 'b' ? Promise.reject(new Error('no b')) : key);
    const { found, failure } = await readInTime(['a', 'b', 'c'], { atOnce: 1, until: until(15) }, read);
    expect([...found.keys()]).toEqual(['a', 'c']);
    expect(failure).toMatchObject({ message: 'no b' });
  });
});
