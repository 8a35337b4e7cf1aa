import { readConfig } from "@email-agent/shared/kit/config.ts";
import { expect, test } from "vitest";
import { linkStandIns } from "./linkStandIns.ts";

const hosts = "Register.example.org=127.0.0.1:4080,*=web:80";

test.each([
  "http://127.0.0.1:4566",
  "http://localhost:4566",
  "http://localstack:4566",
  "http://10.0.0.5:4566",
  "http://[::1]:1",
])("hosts are served locally where AWS is %s", (endpoint) => {
  expect(linkStandIns({ LINK_CHECK_HOSTS: hosts, AWS_ENDPOINT_URL: endpoint })).toEqual(
    new Map([
      ["register.example.org", "127.0.0.1:4080"],
      ["*", "web:80"],
    ]),
  );
});

test.each(["", "https://sqs.us-east-1.amazonaws.com", "http://8.8.8.8", "https://aws.example.org"])(
  "a production whose AWS is at %j refuses to start with them",
  (endpoint) => {
    expect(() => linkStandIns({ LINK_CHECK_HOSTS: hosts, AWS_ENDPOINT_URL: endpoint })).toThrow(
      /for a local stack only/,
    );
    expect(linkStandIns({ LINK_CHECK_HOSTS: "", AWS_ENDPOINT_URL: endpoint })).toEqual(new Map());
  },
);

test.each([
  ["example.org", true],
  ["example.org=127.0.0.1", true],
  ["example.org=127.0.0.1:80,other", true],
  ["example.org=127.0.0.1:80", false],
  ["example.org=127.0.0.1:80,*=web:4080", false],
])("LINK_CHECK_HOSTS=%s, refused: %s", (value, refused) => {
  const read = readConfig("campaign", { LINK_CHECK_HOSTS: value });
  const problems = "problems" in read ? read.problems.map(({ name }) => name) : [];
  expect(problems.includes("LINK_CHECK_HOSTS")).toBe(refused);
});
