import type { Metadata } from "next";
import { EditOrder } from "../../../../../ui/form/EditOrder.tsx";

export const metadata: Metadata = { title: "Edit work order" };

export default async function EditWorkOrderPage({ params }: { readonly params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <EditOrder id={id} />;
}
