import { expect, test } from "vitest";
import { isPrivateHost } from "./privateHosts.ts";

test.each([
  ..."localhost mail 127.0.0.1 10.1.2.3 172.16.0.1 172.31.9.9 192.168.1.1 169.254.0.1 ::1 [::1] fd00::1 fe80::1".split(
    " ",
  ),
  ..."::ffff:10.0.0.1 mail.local printer.home.arpa x.internal a.localhost MAIL.LOCAL. ::ffff:127.0.0.1".split(" "),
])("%s is private", (host) => {
  expect(isPrivateHost(host)).toBe(true);
});

test.each(
  "smtp.example.org 8.8.8.8 172.32.0.1 172.15.0.1 192.169.0.1 11.0.0.1 ::2 2001:db8::1 fec0::1 ::ffff:8.8.8.8 :: local.example.org".split(
    " ",
  ),
)("%s is not", (host) => {
  expect(isPrivateHost(host)).toBe(false);
});
