import type { Preferences, TagRule } from "../api.js";
import { counted } from "../money.js";
import { tinted } from "./color.js";
import { groupText } from "./spend-columns.js";
import { type Screen, table } from "./table.js";
import { printable, wrap } from "./text.js";

/** All preferences, under the names that `aicost prefs set` takes. */
export const preferencesTable = (preferences: Preferences, screen: Screen): string => {
  const { timezone, default_date_range, currency, metadata, forecast_enabled, theme, email_notifications } =
    preferences;
  const rows = [
    { key: "timezone", value: timezone },
    { key: "range", value: default_date_range },
    { key: "currency", value: currency },
    { key: "update-rates", value: metadata.update_rates === true ? "on" : "off" },
    { key: "forecast", value: forecast_enabled ? "on" : "off" },
    { key: "theme", value: `${theme} (nothing uses it yet)` },
    { key: "email_notifications", value: `${email_notifications ? "on" : "off"} (nothing uses it yet)` },
  ];
  return table(
    [
      { header: "Preference", cell: ({ key }) => key, shrinkTo: 12 },
      { header: "Value", cell: ({ value }) => value, shrinkTo: 12 },
    ],
    rows,
    screen,
  );
};

/** Rules in their order: the first that fits counts. */
export const tagTable = (rules: readonly TagRule[], screen: Screen): string =>
  table(
    [
      { header: "Tag", cell: ({ tag }) => printable(tag), shrinkTo: 12 },
      { header: "Of", cell: ({ field }) => groupText(field) },
      { header: "Name", cell: ({ pattern }) => printable(pattern), shrinkTo: 12 },
    ],
    rules,
    screen,
  );

export const providerTable = (
  providers: readonly { name: string; display_name: string; formats: readonly string[]; collects: boolean }[],
  screen: Screen,
): string =>
  table(
    [
      { header: "Provider", cell: ({ name }) => name, shrinkTo: 8 },
      { header: "Name", cell: ({ display_name }) => display_name, shrinkTo: 12 },
      { header: "Imported", cell: ({ formats }) => importedText(formats.length) },
      { header: "Collected", cell: ({ collects }) => (collects ? "with a key" : "") },
    ],
    providers,
    screen,
  );

const importedText = (count: number): string => (count === 0 ? "" : counted(count, "export"));

/** An export that can be imported. */
export interface ListedExport {
  id: string;
  title: string;
  where: string;
}

/** Where the exports of each provider are found, and what each is. @param groups by the name of the provider */
export const exportList = (
  groups: readonly (readonly [provider: string, exports: readonly ListedExport[]])[],
  { width, color }: Screen,
): string =>
  groups
    .map(([provider, exports]) => {
      const places = [...new Set(exports.map(({ where }) => where))];
      const lines = places.flatMap((place) => [
        ...indented(place, 2, width),
        ...exports
          .filter(({ where }) => where === place)
          .flatMap(({ id, title }) => indented(`${title} (${id})`, 4, width)),
      ]);
      return [tinted(provider, "bold", color), ...lines].join("\n");
    })
    .join("\n\n");

const indented = (text: string, indent: number, width: number): string[] =>
  wrap(text, width - indent, 2).map((line) => " ".repeat(indent) + line);

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
