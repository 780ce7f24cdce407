import { UserError } from "../errors.js";

export const notSupabase = (url: string): UserError =>
  new UserError(
    "not_supabase",
    `What answers at ${url} is not a Supabase project.`,
    "Use the address of the project itself (Project Settings, Data API), for example: https://abcdefghijklmnopqrst.supabase.co",
  );

/** Null for a status that means something else. */
export const projectClosed = (status: number, url: string): UserError | null => {
  const { host } = new URL(url);
  switch (status) {
    case 402:
      return new UserError(
        "project_restricted",
        `Supabase has restricted the project ${host}: its organization is over a quota, or has a bill to pay.`,
        "See which in the dashboard: Organization, Usage and Billing",
      );
    case 540:
      return new UserError(
        "project_paused",
        `The project ${host} is paused.`,
        "Restore it in the dashboard: https://supabase.com/dashboard/projects",
      );
    default:
      return null;
  }
};
