import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RealtimeTicket, signRealtimeTicket, verifyRealtimeTicket } from "./realtimeTicket.ts";

const secret = "a-secret-of-the-tests";
const now = Date.parse("2026-01-01T00:00:00.000Z");
const aTicket: RealtimeTicket = {
  ticketId: "t-1",
  userId: "anna",
  role: "write",
  eventAccess: ["E2026"],
  exp: now + 60_000,
};

describe("a realtime ticket", () => {
  test("comes back as it was signed", () => {
    const anyTicket = fc.record({
      ticketId: fc.string({ minLength: 1 }),
      userId: fc.string({ minLength: 1, unit: "grapheme" }),
      role: fc.constantFrom("read" as const, "write" as const),
      eventAccess: fc.array(fc.string()),
      exp: fc.integer({ min: now + 1, max: now + 1e9 }),
    });
    fc.assert(
      fc.property(anyTicket, (ticket) => {
        expect(verifyRealtimeTicket(secret, signRealtimeTicket(secret, ticket), now)).toEqual({ ticket });
      }),
    );
  });

  test("is refused from its last millisecond on", () => {
    const text = signRealtimeTicket(secret, aTicket);
    expect(verifyRealtimeTicket(secret, text, aTicket.exp - 1)).toHaveProperty("ticket");
    expect(verifyRealtimeTicket(secret, text, aTicket.exp)).toEqual({ refused: "expired" });
  });

  test("is refused when any character was changed", () => {
    const text = signRealtimeTicket(secret, aTicket);
    const bytes = Buffer.from(text.split(".")[1] ?? "", "base64url");
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom("A", "b", "9", "_", "."), (at, letter) => {
        const changed = text.slice(0, at) + letter + text.slice(at + 1);
        // The last base64 letter carries unused bits: a text that decodes to the same bytes is the same ticket.
        const same = Buffer.from(changed.split(".")[1] ?? "", "base64url").equals(bytes);
        fc.pre(changed !== text && !(same && changed.split(".")[0] === text.split(".")[0]));
        expect(verifyRealtimeTicket(secret, changed, now)).toEqual({ refused: "forged" });
      }),
    );
  });

  test("is refused under another secret, in another shape, and when absent", () => {
    expect(verifyRealtimeTicket("another-secret-here", signRealtimeTicket(secret, aTicket), now)).toEqual({
      refused: "forged",
    });
    const odd = signRealtimeTicket(secret, { ...aTicket, role: 7 } as unknown as RealtimeTicket);
    expect(verifyRealtimeTicket(secret, odd, now)).toEqual({ refused: "forged" });
    expect(verifyRealtimeTicket(secret, undefined, now)).toEqual({ refused: "missing" });
    expect(verifyRealtimeTicket(secret, "x", now)).toEqual({ refused: "forged" });
  });

  test("cannot be signed or judged without a secret", () => {
    expect(() => signRealtimeTicket("", aTicket)).toThrow("empty");
    expect(() => verifyRealtimeTicket("", "a.b", now)).toThrow("empty");
  });
});
