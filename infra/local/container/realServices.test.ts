import { expect, test } from "vitest";
import { mailchimpValues, mailValues } from "./realServices.ts";

const standIns = {
  mailchimpUrl: "http://mailchimp:8027/3.0",
  website: "website:8029",
  smtp: { host: "inbox", port: 8023 },
};
const mailchimp = {
  MAILCHIMP_API_KEY: "key-us21",
  MAILCHIMP_SERVER_PREFIX: "us21",
  MAILCHIMP_AUDIENCE: "Friends",
  MAILCHIMP_REPLY_TO: "office@friends.test",
};
const mail = {
  EMAIL_HOST: "smtp.friends.test",
  EMAIL_FROM: "news@friends.test",
  EMAIL_USERNAME: "news",
  EMAIL_PASSWORD: "secret",
  REAL_MAIL_TO: "anna@friends.test, ben@friends.test",
};

test("without a .env everything goes to the stand-ins", () => {
  expect(mailchimpValues({ MAILCHIMP_API_KEY: "" }, standIns)).toMatchObject({
    MAILCHIMP_BASE_URL: "http://mailchimp:8027/3.0",
    LINK_CHECK_HOSTS: "*=website:8029",
  });
  expect(mailValues({}, standIns)).toEqual({ values: { EMAIL_HOST: "inbox", EMAIL_PORT: "8023" } });
});

test("a Mailchimp key leads to the real Mailchimp, and its links into the real web", () => {
  expect(mailchimpValues({ ...mailchimp, ...mail }, standIns)).toEqual(mailchimp);
});

test("with a mail server real mail goes to the named people only, and to no one without names", () => {
  const { REAL_MAIL_TO, ...values } = mail;
  expect(mailValues(mail, standIns)).toEqual({
    values: { ...values, EMAIL_PORT: "587" },
    real: {
      host: "smtp.friends.test",
      port: 587,
      from: "news@friends.test",
      recipients: ["anna@friends.test", "ben@friends.test"],
    },
  });
  expect(mailValues({ ...mail, EMAIL_PORT: "465" }, standIns).real?.port).toBe(465);
  expect(() => mailValues({ ...mail, REAL_MAIL_TO: "" }, standIns)).toThrow(
    ".env lacks REAL_MAIL_TO, which is needed to send real mail.",
  );
  expect(() => mailValues({ ...mail, REAL_MAIL_TO: "anna@friends.test; ben" }, standIns)).toThrow(/is none\.$/);
});

test("half of an account is refused, and all that is missing is named at once", () => {
  expect(() => mailchimpValues({ MAILCHIMP_API_KEY: "key-us21" }, standIns)).toThrow(
    ".env lacks MAILCHIMP_SERVER_PREFIX, MAILCHIMP_AUDIENCE, MAILCHIMP_REPLY_TO, which is needed for a real Mailchimp.",
  );
  expect(() => mailValues({ ...mail, EMAIL_USERNAME: "", EMAIL_PASSWORD: "" }, standIns)).toThrow(
    /lacks EMAIL_USERNAME, EMAIL_PASSWORD/,
  );
});

test("half of an account without its key or host is not taken for the stand-ins", () => {
  expect(() => mailchimpValues({ MAILCHIMP_AUDIENCE: "Friends" }, standIns)).toThrow(
    ".env lacks MAILCHIMP_API_KEY, MAILCHIMP_SERVER_PREFIX, MAILCHIMP_REPLY_TO",
  );
  expect(() => mailValues({ ...mail, EMAIL_HOST: "" }, standIns)).toThrow(".env lacks EMAIL_HOST, which");
  expect(() => mailValues({ EMAIL_PORT: "465" }, standIns)).toThrow(/^\.env lacks EMAIL_HOST, EMAIL_FROM, /);
});
