import { isConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ItemPage } from "../../../../../ui/settings/ItemPage.tsx";

export const metadata: Metadata = { title: "Settings" };

export default async function Page({ params }: { readonly params: Promise<{ kind: string; key: string }> }) {
  const { kind, key } = await params;
  if (!isConfigKind(kind)) notFound();
  return <ItemPage kind={kind} itemKey={decodeURIComponent(key)} />;
}
