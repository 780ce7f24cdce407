import type { Preferences } from "../api.js";
import { type Screen, table } from "./table.js";

/** The preferences that have an effect, under the names that `aicost prefs set` takes. */
export const preferencesTable = (preferences: Preferences, screen: Screen): string => {
  const { timezone, default_date_range, metadata } = preferences;
  const rates = Object.entries(metadata.rates ?? {}).map(
    ([currency, rate]) => [`rate.${currency}`, rate] as const,
  );
  const rows = [["timezone", timezone] as const, ["range", default_date_range] as const, ...rates].map(
    ([key, value]) => ({ key, value }),
  );
  return table(
    [
      { header: "Preference", cell: ({ key }) => key, shrinkTo: 12 },
      { header: "Value", cell: ({ value }) => value, shrinkTo: 12 },
    ],
    rows,
    screen,
  );
};

export const providerTable = (
  providers: readonly { name: string; display_name: string; collects: boolean }[],
  screen: Screen,
): string =>
  table(
    [
      { header: "Provider", cell: ({ name }) => name, shrinkTo: 8 },
      { header: "Name", cell: ({ display_name }) => display_name, shrinkTo: 12 },
      { header: "Collected", cell: ({ collects }) => (collects ? "with a key" : "") },
    ],
    providers,
    screen,
  );

export const formatTable = (formats: readonly { id: string; title: string }[], screen: Screen): string =>
  table(
    [
      { header: "Format", cell: ({ id }) => id, shrinkTo: 12 },
      { header: "File", cell: ({ title }) => title, shrinkTo: 12 },
    ],
    formats,
    screen,
  );

export const profileTable = (
  profiles: readonly {
    name: string;
    current: boolean;
    project: string | null;
    user: string | null;
    backend: string;
  }[],
  screen: Screen,
): string =>
  table(
    [
      { header: "", cell: ({ current }) => (current ? "*" : "") },
      { header: "Profile", cell: ({ name }) => name, shrinkTo: 12 },
      {
        header: "Database",
        cell: ({ project, backend }) =>
          backend === "embedded" ? "embedded, on this machine" : (project ?? ""),
        shrinkTo: 12,
      },
      {
        header: "Signed in as",
        cell: ({ user, backend }) => (backend === "embedded" ? "–" : (user ?? "signed out")),
        shrinkTo: 12,
      },
    ],
    profiles,
    screen,
  );
