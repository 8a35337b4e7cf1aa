import { isConfigKind, kindOf } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { NewItem } from "../../../../../ui/settings/ItemPage.tsx";

export const metadata: Metadata = { title: "Settings" };

export default async function Page({ params }: { readonly params: Promise<{ kind: string }> }) {
  const { kind } = await params;
  if (!isConfigKind(kind) || kindOf(kind).fixedKeys) notFound();
  return <NewItem kind={kind} />;
}
