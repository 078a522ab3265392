import { beforeEach, expect, it } from "vitest";
import type { Filmstrip } from "../../src/timeline/useFilmstrip";
import { stripKey, type StripRequest } from "../../src/timeline/windows";
import { PreviewCache } from "../../src/timeline/previewCache";

interface Call {
  readonly request: StripRequest;
  readonly answer: (strip: Filmstrip | Error) => Promise<void>;
}

let calls: Call[];
let released: string[];
let cache: PreviewCache<StripRequest, Filmstrip>;

const request = (...times: number[]): StripRequest => ({ video: "videos/a", times });
const strip = (url: string): Filmstrip => ({ url, tileWidth: 96, tileHeight: 54, times: [0] });
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  [calls, released] = [[], []];
  cache = new PreviewCache<StripRequest, Filmstrip>(
    stripKey,
    (asked) =>
      new Promise((resolve, reject) => {
        calls.push({
          request: asked,
          answer: (given) => {
            if (given instanceof Error) reject(given);
            else resolve(given);
            return settled();
          },
        });
      }),
    ({ url }) => released.push(url),
  );
});

it("asks for what is in sight, two at a time, and for each once", async () => {
  cache.want([request(1), request(2), request(3)]);
  cache.want([request(1), request(2), request(3)]);
  expect(calls.map((call) => stripKey(call.request))).toEqual([stripKey(request(1)), stripKey(request(2))]);
  await calls[0]?.answer(strip("one"));
  expect(cache.get(request(1))?.url).toBe("one");
  expect(calls).toHaveLength(3);
  cache.want([request(1)]);
  expect(calls).toHaveLength(3);
});

it("does not begin what has gone out of sight meanwhile", async () => {
  cache.want([request(1), request(2), request(3)]);
  cache.want([request(4)]);
  await calls[0]?.answer(strip("one"));
  expect(calls.map((call) => call.request.times[0])).toEqual([1, 2, 4]);
});

it("does without what cannot be had", async () => {
  cache.want([request(1)]);
  await calls[0]?.answer(new Error("damaged"));
  cache.want([request(1)]);
  expect(cache.get(request(1))).toBeUndefined();
  expect(calls).toHaveLength(1);
});

it("keeps no more than a timeline shows, and nothing at its end", async () => {
  for (let time = 0; time < 200; time += 1) {
    cache.want([request(time)]);
    await calls.at(-1)?.answer(strip(String(time)));
  }
  expect(released).toHaveLength(120);
  expect(cache.get(request(199))?.url).toBe("199");
  cache.dispose();
  expect(released).toHaveLength(200);
});
