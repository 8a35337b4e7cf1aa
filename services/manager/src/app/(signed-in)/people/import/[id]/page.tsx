import type { Metadata } from "next";
import { ImportPage } from "../../../../../ui/import/ImportPage.tsx";

export const metadata: Metadata = { title: "Import people" };

export default async function Page({ params }: { readonly params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <ImportPage key={id} id={id} />;
}
