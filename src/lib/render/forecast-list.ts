import type { ForecastHead } from "../api.js";
import { MODEL_FACTS } from "../forecast/models/facts.js";
import { localTime } from "../dates/ranges.js";
import { NOTHING_STATED } from "./money-text.js";
import { type Column, type Screen, table } from "./table.js";

/** Stored forecasts, one a line. */
export const forecastList = (
  forecasts: readonly ForecastHead[],
  timezone: string,
  screen: Screen,
): string => {
  const columns: Column<ForecastHead>[] = [
    { header: "Data to", cell: ({ training_data_end }) => training_data_end ?? NOTHING_STATED },
    { header: "Made", cell: ({ made_at }) => localTime(made_at, timezone), priority: 3 },
    { header: "Days to", cell: ({ through }) => through },
    { header: "Of", cell: ({ series }) => series.map(nameOf).join(", "), shrinkTo: 20 },
    { header: "By", cell: (head) => modelOf(ofAll(head)), priority: 2 },
    {
      header: "Confidence",
      cell: (head) => ofAll(head)?.confidence_score ?? NOTHING_STATED,
      align: "right",
      priority: 1,
    },
  ];
  return table(columns, forecasts, screen);
};

type Series = ForecastHead["series"][number];

/** Its short name, if this version of aicost knows it. */
const modelOf = (series: Series | undefined): string =>
  Object.entries(MODEL_FACTS).find(([, { version }]) => version === series?.model_version)?.[0] ??
  series?.model_version ??
  NOTHING_STATED;

const nameOf = ({ provider, model_name }: Series): string => model_name ?? provider ?? "all spend";

const ofAll = ({ series }: ForecastHead): Series | undefined =>
  series.find(({ provider, model_name }) => provider === null && model_name === null);
