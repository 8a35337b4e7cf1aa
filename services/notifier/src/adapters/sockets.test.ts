import { expect, test } from "vitest";
import { managementUrl } from "./sockets.ts";

test.each([
  ["wss://abc.execute-api.eu-west-1.amazonaws.com/live", "", "https://abc.execute-api.eu-west-1.amazonaws.com/live"],
  ["ws://127.0.0.1:8023/local", "", "http://127.0.0.1:8023/local"],
  [
    "wss://ws.example.org",
    "https://abc.execute-api.eu-west-1.amazonaws.com/live",
    "https://abc.execute-api.eu-west-1.amazonaws.com/live",
  ],
])("the management address of %s with %j is %s", (api, override, expected) => {
  expect(managementUrl({ WEBSOCKET_API_URL: api, WEBSOCKET_MANAGEMENT_URL: override })).toBe(expected);
});
