import type { ActiveSmtpScript } from "./smtpScripts.ts";

/** What can follow at one moment of a session. */
export interface WaysOn {
  cut(how: NonNullable<ActiveSmtpScript["cut"]>): void;
  reply(code: number, text: string): void;
  goOn(): void;
}

/** Injects the fault that a script describes, after its delay; without a script the session goes on at once. */
export function injectFault(script: ActiveSmtpScript | undefined, ways: WaysOn): void {
  if (!script) {
    ways.goOn();
    return;
  }
  const act = () => {
    if (script.cut) ways.cut(script.cut);
    else if (script.reply) ways.reply(Number(script.reply.slice(0, 3)), script.reply.slice(4));
    else ways.goOn();
  };
  if (script.delayMilliseconds > 0) setTimeout(act, script.delayMilliseconds);
  else act();
}
