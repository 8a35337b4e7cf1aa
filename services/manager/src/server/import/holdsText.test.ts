import { expect, test } from "vitest";
import { holdsText } from "./holdsText.ts";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const file = 'id,email,first\r\n200000123,Ana.Ruiz@example.org,Ana\r\n7,"zoë@example.org",Zoë\r\n';

test.each(["200000123", "ana.ruiz@example.org", "zoë@example.org", "7"])(
  "%s is found in pieces of any size",
  async (text) => {
    for (const size of [1, 7, 1000]) expect(await holdsText(pieces(Buffer.from(file), size), [text])).toBe(true);
  },
);

test.each(["20000012", "ruiz@example.org", "ana.ruiz@example.or", "8"])(
  "%s is part of another word, or absent",
  async (text) => {
    expect(await holdsText(pieces(Buffer.from(file), 1000), [text])).toBe(false);
  },
);

test("in UTF-16 and in an encoding of one byte a letter", async () => {
  for (const encoding of ["utf16le", "latin1"] as const)
    for (const text of ["zoë@example.org", "ana.ruiz@example.org"])
      expect(await holdsText(pieces(Buffer.from(file, encoding), 11), [text]), `${encoding} ${text}`).toBe(true);
});
