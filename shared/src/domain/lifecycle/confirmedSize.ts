/** Why an eligible person is left out of a run: more people are eligible than its user confirmed. */
export const notConfirmedReason = "not-confirmed";

const toleranceShare = 0.02;
const toleranceMinimum = 5;

/** By how much a Send may differ from the confirmed number: people come and go while its user reads. */
export function toleranceOf(confirmed: number): number {
  return Math.max(toleranceMinimum, Math.floor(confirmed * toleranceShare));
}

/** True if `counted` mails are within the tolerance of the confirmed number. */
export function isConfirmedSize(confirmed: number, counted: number): boolean {
  return Math.abs(counted - confirmed) <= toleranceOf(confirmed);
}
