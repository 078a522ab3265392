import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { ShareLinkSchema } from "../../src/gen/sage/compare/v1/saved_comparison_pb";
import { expiryIn, LIFETIMES, timeLeft } from "../../src/review/shareLinks";

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const link = (left: number) => create(ShareLinkSchema, { expireTime: timestampFromMs(NOW + left) });

describe("a shared link", () => {
  it.each([
    [25 * HOUR, "1 day left"],
    [49 * HOUR, "2 days left"],
    [2 * HOUR, "2 hours left"],
    [HOUR, "1 hour left"],
    [HOUR - 1, "less than an hour left"],
    [0, "expired"],
  ])("with %d ms to live tells how long", (left, said) => {
    expect(timeLeft(link(left), NOW)).toBe(said);
  });

  it("lasts no longer than servers allow", () => {
    for (const days of LIFETIMES) {
      expect(timestampMs(expiryIn(days, NOW)) - NOW).toBeLessThanOrEqual(365 * 24 * HOUR);
    }
  });
});
