import type { Metadata } from "next";
import { PersonPage } from "../../../../ui/people/PersonPage.tsx";

export const metadata: Metadata = { title: "Person" };

export default async function OnePersonPage({ params }: { readonly params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <PersonPage id={decodeURIComponent(id)} />;
}
