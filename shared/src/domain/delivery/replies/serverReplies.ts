import type { BounceRule } from "./bounceRule.ts";

/** The account may not sign in, or did not. */
export const authenticationReplies: readonly BounceRule[] = [
  {
    meaning: "authentication",
    codes: [534, 535, 538],
    example: {
      phase: "auth",
      reply:
        "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials x1-20020a05 - gsmtp",
      from: "Gmail",
    },
  },
  {
    meaning: "authentication",
    class: 5,
    phases: ["auth"],
    example: { phase: "auth", reply: "504 5.7.4 Unrecognized authentication type", from: "Exchange Server" },
  },
  {
    meaning: "authentication",
    codes: [530],
    text: /authenticat|starttls/,
    example: {
      phase: "mail",
      reply:
        "530-5.7.0 Authentication Required. For more information, go to\n530 5.7.0  https://support.google.com gsmtp",
      from: "Gmail",
    },
  },
];

/** The server is busy or away. */
export const busyServerReplies: readonly BounceRule[] = [
  {
    meaning: "throttled",
    codes: [421],
    example: {
      phase: "rcpt",
      reply: "421 Service not available, closing transmission channel",
      from: "Yahoo",
    },
  },
  {
    meaning: "throttled",
    class: 4,
    phases: ["connect", "greeting", "ehlo", "starttls", "auth", "mail"],
    example: {
      phase: "auth",
      reply:
        "454 4.7.0 Too many login attempts, please try again later. For more information, go to https://support.google.com/mail/answer/7126229 gsmtp",
      from: "Gmail",
    },
  },
];
