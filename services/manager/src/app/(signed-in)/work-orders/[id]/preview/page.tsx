import type { Metadata } from "next";
import { PreviewPage } from "../../../../../ui/preview/PreviewPage.tsx";

export const metadata: Metadata = { title: "Preview" };

export default async function Page({ params }: { readonly params: Promise<{ id: string }> }) {
  return <PreviewPage orderId={(await params).id} />;
}
