import { expect, test } from "vitest";
import { type AllowedOrigins, foreignRequest } from "./foreignRequest.ts";

type Headers = Readonly<Record<string, string>>;
const judge = (headers: Headers, allowed?: AllowedOrigins, method = "POST") =>
  foreignRequest({ method, headers: { host: "127.0.0.1:8026", ...headers } }, allowed);

test.each<[string, Headers, AllowedOrigins?, string?]>([
  ["a program, which names no origin", {}],
  ["another spelling of loopback", { host: "localhost:8026" }],
  ["IPv6", { host: "[::1]:8026" }],
  ["the page it serves itself", { origin: "http://127.0.0.1:8026" }],
  ["its page under the other name", { origin: "http://localhost:8026" }],
  ["a page on port 80", { host: "localhost", origin: "http://127.0.0.1" }],
  ["its name among containers", { host: "inbox:8021" }, { hostNames: ["inbox"] }],
  ["a page that is named", { origin: "http://localhost:8020" }, { pageOrigins: ["http://127.0.0.1:8020"] }],
  ["a named page of a real host", { origin: "https://a.example" }, { pageOrigins: ["https://a.example"] }],
  ["any host where nothing is held", { host: "register.example.org" }, { everyHostName: true }],
  [
    "a link on another site",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    {},
    "GET",
  ],
  ["a page of this machine", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }, {}, "GET"],
])("served: %s", (_, headers, allowed, method) => {
  expect(judge(headers, allowed, method)).toBeUndefined();
});

test.each<[string, Headers, AllowedOrigins?, string?]>([
  ["a page elsewhere", { origin: "https://evil.example" }],
  ["a page without an origin: a file, a sandboxed frame", { origin: "null" }],
  ["an empty origin", { origin: "" }],
  ["two origins", { origin: "http://127.0.0.1:8026, https://evil.example" }],
  ["a page on another port of this machine", { origin: "http://127.0.0.1:3000" }],
  ["a page on another loopback address", { origin: "http://127.0.0.2:8026" }],
  ["a page over TLS", { origin: "https://127.0.0.1:8026" }],
  ["an origin that begins like its own", { origin: "http://127.0.0.1:8026.evil.example" }],
  ["an origin that hides its own in a user name", { origin: "http://127.0.0.1:8026@evil.example" }],
  ["a rebound name", { host: "evil.example:8026", origin: "http://evil.example:8026" }],
  ["a rebound name, by a plain GET", { host: "evil.example:8026" }, {}, "GET"],
  ["a name that begins like loopback", { host: "127.0.0.1.evil.example:8026" }],
  ["a name that ends like loopback", { host: "evillocalhost:8026" }],
  ["a user name in the host", { host: "127.0.0.1:8026@evil.example" }],
  ["a path in the host", { host: "127.0.0.1/evil.example" }],
  ["no host", { host: "" }],
  ["a name of another container", { host: "inbox:8021" }, { hostNames: ["mailchimp"] }],
  ["a page elsewhere where any host is served", { origin: "https://evil.example" }, { everyHostName: true }],
  ["a picture on another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }, {}, "GET"],
  [
    "a frame on another site",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    {},
    "GET",
  ],
  [
    "a form on another site",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
  ],
])("refused: %s", (_, headers, allowed, method) => {
  expect(judge(headers, allowed, method)).toMatch(/^.+\.$/);
});
