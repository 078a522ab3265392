import { describe, expect, it } from "vitest";
import { crc32c } from "../../src/upload/crc32c";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("crc32c", () => {
  // Vectors of RFC 3720, B.4, and the check value of the CRC catalogue.
  it.each([
    ["nothing", new Uint8Array(0), 0x00000000],
    ["the check string", bytes("123456789"), 0xe3069283],
    ["32 zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ["0 to 31", Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ])("of %s", (_, data, expected) => {
    expect(crc32c(data)).toBe(expected);
  });

  it("reads from where a view starts", () => {
    const padded = new Uint8Array(12);
    padded.set(bytes("123456789"), 3);
    expect(crc32c(padded.subarray(3))).toBe(0xe3069283);
  });
});
