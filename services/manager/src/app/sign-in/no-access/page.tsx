import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { addressSentence } from "../../../server/signIn/acceptInvitation.ts";
import { pageVisitor } from "../../../server/signIn/pageUser.ts";
import { NoAccess } from "../../../ui/signIn/NoAccess.tsx";

export const metadata: Metadata = { title: "No access yet" };

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const visitor = await pageVisitor();
  if (visitor.kind !== "without access") redirect("/");
  return <NoAccess userId={visitor.userId} addressSentence={addressSentence((await searchParams)["address"])} />;
}
