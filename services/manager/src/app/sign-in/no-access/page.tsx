import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { pageVisitor } from "../../../server/signIn/pageUser.ts";
import { NoAccess } from "../../../ui/signIn/NoAccess.tsx";

export const metadata: Metadata = { title: "No access yet" };

export default async function Page() {
  const visitor = await pageVisitor();
  if (visitor.kind !== "without access") redirect("/");
  return <NoAccess userId={visitor.userId} />;
}
