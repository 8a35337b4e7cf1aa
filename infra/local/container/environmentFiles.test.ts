import { parseEnv } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { environmentFiles, refuseWrongValues } from "./environmentFiles.ts";

const values = {
  REDIS_URL: "redis://redis:6379",
  SESSION_SECRET: "s".repeat(64),
  MAILCHIMP_API_KEY: "key-us21",
  EMAIL_PASSWORD: 'it\'s a # "pass" word \\n',
};

test("every service gets its own variables and no secret of another", () => {
  const files = environmentFiles(values);
  const names = (service: "ingest" | "campaign" | "sender" | "manager") =>
    Object.keys(parseEnv(files.get(service) ?? ""));
  expect(names("ingest")).toEqual(["REDIS_URL"]);
  expect(names("campaign")).toEqual(["MAILCHIMP_API_KEY", "REDIS_URL"]);
  expect(names("sender")).toEqual(["EMAIL_PASSWORD", "REDIS_URL"]);
  expect(names("manager")).toEqual(["SESSION_SECRET"]);
});

test("what a service would refuse is refused in one sentence, and what is not given is not missed", () => {
  expect(() => refuseWrongValues(values)).not.toThrow();
  expect(() => refuseWrongValues({ ...values, EMAIL_PORT: "x", LOG_LEVEL: "loud" })).toThrow(
    /^LOG_LEVEL is not right; it must be [^;]+; EMAIL_PORT is not right; it must be a whole number\.$/,
  );
});

test("Node reads back exactly the value, or it is refused by name", () => {
  const value = fc.stringMatching(/^[\x20-\x7e]{1,40}$/).filter((text) => text.trim() !== "");
  fc.assert(
    fc.property(value, (EMAIL_PASSWORD) => {
      const kinds = ["'", "`", '"'].filter((quote) => EMAIL_PASSWORD.includes(quote)).length;
      const write = () => environmentFiles({ EMAIL_PASSWORD }).get("sender") ?? "";
      if (kinds === 3) expect(write).toThrow(/^EMAIL_PASSWORD has every kind/);
      else if (!(EMAIL_PASSWORD.includes("'") && EMAIL_PASSWORD.includes("`") && EMAIL_PASSWORD.includes("\\")))
        expect(parseEnv(write())).toEqual({ EMAIL_PASSWORD });
    }),
    { numRuns: 1000 },
  );
});

test("what is not given is in no file", () => {
  const files = environmentFiles({ ...values, EMAIL_USERNAME: "" });
  expect(files.get("sender")).not.toContain("EMAIL_USERNAME");
});
