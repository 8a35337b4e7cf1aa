import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { ops } from "./testing.ts";

/** What Tab offers in a real bash behind these words. */
function offered(script: string, words: readonly string[]): string[] {
  const typed = ["ops", ...words].map((word) => `'${word}'`).join(" ");
  const ask = `${script}\nCOMP_WORDS=(${typed})\nCOMP_CWORD=${words.length}\n_ops\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", ask], { encoding: "utf8" }).split("\n").filter(Boolean);
}

test("Tab completes groups, commands and options in bash; zsh and fish get a script of the same tree", {
  timeout: 60_000,
}, async () => {
  const [bash, zsh, fish] = await Promise.all(["bash", "zsh", "fish"].map((shell) => ops(["completion", shell])));
  expect(bash?.err).toBe("");
  const script = bash?.out ?? "";
  expect(offered(script, ["or"])).toEqual(["orders"]);
  expect(offered(script, ["orders", "s"])).toEqual(["show", "start", "schedule", "stop"]);
  expect(offered(script, ["orders", "start", "wo-1", "Send", "--c"])).toEqual(["--confirm"]);
  expect(offered(script, ["dead-letters", ""])).toEqual(expect.arrayContaining(["show", "redrive", "drop"]));
  expect(zsh?.out).toContain("bashcompinit");
  expect(fish?.out).toMatch(/complete -c ops -f -n '.*' -a redrive -d 'Sends dead letters back/);
  expect(fish?.out).toContain("-l confirm");
});
