import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import type { Mailchimp, NewCampaign } from "./adapters/mailchimp.ts";

const prefix = "email-agent-tmp-";
const orphanAgeMilliseconds = 3_600_000;
const looks = 3;
const betweenLooksMilliseconds = 5000;

/** The campaigns a run makes in Mailchimp only to read a template's HTML from them. */
export interface TemporaryCampaigns {
  /** Makes the campaign of one language; returns its id. */
  create(language: string, campaign: Omit<NewCampaign, "title">): Promise<string>;
  /** Deletes what other runs left more than an hour ago. A campaign that cannot be deleted is left to the next Prepare. */
  removeOrphans(): Promise<void>;
  /**
   * Deletes every campaign of this run, whatever became of the run; all `create` must have ended. Never throws. False
   * if some may be left; the next Prepare removes them.
   */
  removeOwn(): Promise<boolean>;
}

/** The temporary campaigns of one run, identified by their titles `email-agent-tmp-<runId>-<LANG>`. */
export function temporaryCampaigns(mailchimp: Mailchimp, clock: Clock, run: StepRun): TemporaryCampaigns {
  const titleOf = (language: string) => `${prefix}${run.runId}-${language}`;
  const titles = new Set(run.order.languages.map(titleOf));
  const known = new Set<string>();
  let uncertain = false;

  const remove = async (ids: readonly string[]) => {
    const settled = await Promise.allSettled(ids.map((id) => mailchimp.deleteCampaign(id)));
    settled.forEach((one, index) => {
      if (one.status === "fulfilled") known.delete(ids[index]!);
      else run.log.warn({ campaign: ids[index], error: one.reason }, "A temporary campaign could not be deleted");
    });
    return settled.every(({ status }) => status === "fulfilled");
  };
  /** Ids of this run's campaigns; undefined if they could not be looked up. */
  const ownDrafts = async () => {
    try {
      return (await mailchimp.drafts()).filter(({ title }) => titles.has(title)).map(({ id }) => id);
    } catch (error) {
      run.log.warn({ error }, "The temporary campaigns of the run could not be listed");
      return undefined;
    }
  };

  return {
    create: async (language, campaign) => {
      try {
        const id = await mailchimp.createCampaign({ ...campaign, title: titleOf(language) }, run.signal);
        known.add(id);
        return id;
      } catch (error) {
        // A request without a response may have created one anyway.
        uncertain = true;
        throw error;
      }
    },
    removeOrphans: async () => {
      const drafts = await mailchimp.drafts(run.signal);
      const before = clock.now() - orphanAgeMilliseconds;
      const orphans = drafts.filter(({ title, createdAt }) => title.startsWith(prefix) && createdAt < before);
      if (orphans.length > 0) await remove(orphans.map(({ id }) => id));
    },
    removeOwn: async () => {
      // Another process continues this run under the same titles and removes them at its end.
      if (isTakenOver(run.signal)) return remove([...known]);
      for (let look = 1; ; look++) {
        const drafts = await ownDrafts();
        const strangers = drafts?.some((id) => !known.has(id)) ?? false;
        const removed = (await remove([...new Set([...known, ...(drafts ?? [])])])) && drafts !== undefined;
        // A campaign whose id never arrived may still be in creation: look until none appears.
        if ((removed && !strangers && !uncertain) || look === looks) return removed;
        uncertain = false;
        await clock.sleep(betweenLooksMilliseconds);
      }
    },
  };
}

function isTakenOver(signal: AbortSignal): boolean {
  return signal.reason instanceof AppError && ["lease-lost", "shutting-down"].includes(signal.reason.code);
}
