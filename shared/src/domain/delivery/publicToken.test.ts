import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigurationError } from "../configurationError.ts";
import { inertLinks, personalLinks } from "./personalLinks.ts";
import { signPublicToken, verifyPublicToken, withoutPublicTokens } from "./publicToken.ts";

const secret = "a secret of the stack";
const subject = { participantId: "p-1", mailingKey: "E2026_weekend_reg_EN" };

test("a token holds participant and mailing, for a Test also the run", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.option(fc.string(), { nil: undefined }),
      (participantId, mailingKey, runId) => {
        const about = { participantId, mailingKey, ...(runId !== undefined && { runId }) };
        expect(verifyPublicToken(secret, "view", signPublicToken(secret, "view", about))).toEqual(about);
      },
    ),
  );
});

test("a token holds for its purpose, its secret and its text only", () => {
  const token = signPublicToken(secret, "view", subject);
  expect(verifyPublicToken(secret, "unsubscribe", token)).toBeUndefined();
  expect(verifyPublicToken("another secret", "view", token)).toBeUndefined();
  const other = signPublicToken(secret, "view", { ...subject, participantId: "p-2" });
  expect(verifyPublicToken(secret, "view", `${other.split(".")[0]}.${token.split(".")[1]}`)).toBeUndefined();
  for (const text of ["", ".", "a.b", `${token}.x`, token.slice(0, -2), "%%%"])
    expect(verifyPublicToken(secret, "view", text)).toBeUndefined();
});

test("acceptance 75: links signed with an older secret hold as long as that secret is in the list", () => {
  const inMails = signPublicToken("the older secret", "unsubscribe", subject);
  const rotated = "the newer secret,the older secret";
  expect(verifyPublicToken(rotated, "unsubscribe", inMails)).toEqual(subject);
  expect(verifyPublicToken(rotated, "view", inMails)).toBeUndefined();
  const sinceThen = signPublicToken(rotated, "unsubscribe", subject);
  expect(verifyPublicToken("the newer secret", "unsubscribe", sinceThen)).toEqual(subject);
  expect(verifyPublicToken("the newer secret", "unsubscribe", inMails)).toBeUndefined();
});

test("an empty secret signs and verifies nothing", () => {
  expect(() => signPublicToken("", "view", subject)).toThrow(RangeError);
  expect(() => verifyPublicToken("", "view", signPublicToken(secret, "view", subject))).toThrow(RangeError);
});

const config = {
  PUBLIC_BASE_URL: "https://mail.example.org/",
  PUBLIC_TOKEN_SECRET: secret,
  PROFILE_URL: "https://reg.example.org/profile?lang=en#top",
  REGISTRATION_HASH_SECRET: "0b".repeat(20) + "00".repeat(12),
};

test("personal links carry tokens for their page, and the profile link id and hash", () => {
  const links = personalLinks(config, "p 1", subject.mailingKey, "run-1");
  const about = { participantId: "p 1", mailingKey: subject.mailingKey, runId: "run-1" };
  const unsubscribe = /^https:\/\/mail\.example\.org\/u\/(.+)$/.exec(links.unsubscribeUrl);
  expect(verifyPublicToken(secret, "unsubscribe", unsubscribe?.[1] ?? "")).toEqual(about);
  const view = /^https:\/\/mail\.example\.org\/view\/(.+)$/.exec(links.archiveUrl);
  expect(verifyPublicToken(secret, "view", view?.[1] ?? "")).toEqual(about);
  expect(links.profileUrl).toBe(`https://reg.example.org/profile?lang=en&id=p%201&hash=${links.hash}#top`);
});

test("the hash is HMAC-SHA256 of the id under the secret's bytes", () => {
  // RFC 4231, test case 1 ("Hi There" under twenty bytes 0x0b; HMAC pads a short key with zeros).
  expect(personalLinks(config, "Hi There", subject.mailingKey).hash).toBe(
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  );
});

test("what is not configured is empty, what is wrong is said", () => {
  const none = { PUBLIC_BASE_URL: "", PUBLIC_TOKEN_SECRET: secret, PROFILE_URL: "", REGISTRATION_HASH_SECRET: "" };
  expect(personalLinks(none, "p-1", "k")).toEqual({ unsubscribeUrl: "", archiveUrl: "", profileUrl: "", hash: "" });
  expect(() => personalLinks({ ...config, REGISTRATION_HASH_SECRET: "abc" }, "p-1", "k")).toThrow(ConfigurationError);
});

test("the links of a preview look alike, open nothing, and are missing where those of the mail are", () => {
  const inert = inertLinks(config);
  const real = personalLinks(config, "p-1", subject.mailingKey);
  for (const [name, value] of Object.entries(inert)) expect(value, name).not.toBe(real[name as keyof typeof real]);
  expect(new URL(inert.unsubscribeUrl).origin).toBe(new URL(real.unsubscribeUrl).origin);
  const token = (url: string) => url.split("/").at(-1) as string;
  expect(verifyPublicToken(config.PUBLIC_TOKEN_SECRET, "unsubscribe", token(real.unsubscribeUrl))).toBeDefined();
  expect(verifyPublicToken(config.PUBLIC_TOKEN_SECRET, "unsubscribe", token(inert.unsubscribeUrl))).toBeUndefined();
  expect(verifyPublicToken(config.PUBLIC_TOKEN_SECRET, "view", token(inert.archiveUrl))).toBeUndefined();
  expect(inert.hash).toMatch(/^0{64}$/);
  const none = { PUBLIC_BASE_URL: "", PUBLIC_TOKEN_SECRET: "s", PROFILE_URL: "", REGISTRATION_HASH_SECRET: "" };
  expect(inertLinks(none)).toEqual(personalLinks(none, "p-1", "k"));
});

test("acceptance 72: no token of any person, mailing, purpose or secret is left working in a text", () => {
  const secrets = "the newer secret,the older secret";
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.string(),
      fc.constantFrom(...secrets.split(",")),
      (id, key, one) => {
        for (const purpose of ["unsubscribe", "view"] as const) {
          const token = signPublicToken(one, purpose, { participantId: id, mailingKey: key });
          expect(withoutPublicTokens(secrets, `before %2F${token}. behind`, "none")).toBe("before %2Fnone. behind");
          expect(withoutPublicTokens(secrets, `to=%252F${token}&x`, "none")).toBe("to=%252Fnone&x");
          expect(withoutPublicTokens("another secret", token, "none")).toBe(token);
        }
      },
    ),
  );
});

test.each(["WyI", "Wy.", "%", `a.${"b".repeat(43)}/`, `%2F${"25".repeat(20)}.`])(
  "half a megabyte of %j is read in time",
  (piece) => {
    const text = piece.repeat(Math.ceil(500_000 / piece.length));
    const startedAt = performance.now();
    expect(withoutPublicTokens(secret, text, "none")).toBe(text);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  },
);
