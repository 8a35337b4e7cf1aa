import type { User } from "@email-agent/shared/domain/configItems.ts";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { theManager } from "../manager.ts";
import { type Visitor, visitorOf } from "./visitor.ts";

/** The visitor of the page being rendered; read once per request. */
export const pageVisitor = cache(async (): Promise<Visitor> => visitorOf(theManager(), { headers: await headers() }));

/** The signed-in user, for server components. Everyone else is redirected to the page that helps them. */
export async function pageUser(): Promise<User> {
  const visitor = await pageVisitor();
  if (visitor.kind === "user") return visitor.user;
  if (visitor.kind === "without access") redirect("/sign-in/no-access");
  redirect(visitor.ended ? "/sign-in?reason=session-ended" : "/sign-in");
}
