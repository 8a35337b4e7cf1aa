import { isConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { GeneralSettingsPage } from "../../../../ui/settings/GeneralSettings.tsx";
import { ItemList } from "../../../../ui/settings/ItemList.tsx";

export const metadata: Metadata = { title: "Settings" };

export default async function Page({ params }: { readonly params: Promise<{ kind: string }> }) {
  const { kind } = await params;
  if (!isConfigKind(kind)) notFound();
  return kind === "setting" ? <GeneralSettingsPage /> : <ItemList kind={kind} />;
}
