import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { pageVisitor } from "../../server/signIn/pageUser.ts";
import { ownPath } from "../../server/signIn/redirects.ts";
import { signInReason, signInReasons } from "../../server/signIn/signInReasons.ts";
import { SignInPanel } from "../../ui/signIn/SignInPanel.tsx";

export const metadata: Metadata = { title: "Sign in" };

interface Asked {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export default async function Page({ searchParams }: Asked) {
  const asked = await searchParams;
  const one = (name: string) => (typeof asked[name] === "string" ? asked[name] : undefined);
  const returnTo = ownPath(one("returnTo"));
  const visitor = await pageVisitor();
  if (visitor.kind === "user") redirect(returnTo);
  if (visitor.kind === "without access") redirect("/sign-in/no-access");
  // `state` comes back from the issuer, see SignIn.end.
  const reason = signInReason(one("reason")) ?? signInReason(one("state"));
  const isProblem = reason !== "signed-out" && reason !== "session-ended";
  return (
    <SignInPanel
      signInPath={`/api/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`}
      {...(reason && { note: { text: signInReasons[reason], isProblem } })}
    />
  );
}
