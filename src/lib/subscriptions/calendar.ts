import type { DueCharge, Subscription } from "../api.js";
import { daysAfter } from "../dates/days.js";

/** RFC 5545, 3.1: a longer line is folded. In bytes, without the line break. */
const MOST_BYTES = 75;

/**
 * The charges to come as an iCalendar file (RFC 5545): an event for each, because no rule of the format keeps the 31st
 * through shorter months. An event is the same one whenever it is written.
 */
export const calendarOf = (charges: readonly DueCharge[], subscriptions: readonly Subscription[]): string => {
  const byName = new Map(subscriptions.map((subscription) => [subscription.name, subscription]));
  const events = charges.flatMap((charge) => {
    const subscription = byName.get(charge.name);
    return subscription ? eventOf(charge, subscription) : [];
  });
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//aicost//subscriptions//EN",
    ...events,
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
};

const eventOf = (charge: DueCharge, { id, updated_at }: Subscription): string[] => [
  "BEGIN:VEVENT",
  `UID:${id}-${dateText(charge.due_on)}@aicost`,
  `DTSTAMP:${momentText(updated_at)}`,
  `DTSTART;VALUE=DATE:${dateText(charge.due_on)}`,
  `DTEND;VALUE=DATE:${dateText(daysAfter(charge.due_on, 1))}`,
  `SUMMARY:${escaped(`${charge.name}: ${charge.amount} ${charge.currency}`)}`,
  `DESCRIPTION:${escaped(`The plan ${charge.plan} of ${charge.provider} renews. Cancel it in aicost with: aicost subscriptions cancel ${charge.name}`)}`,
  "TRANSP:TRANSPARENT",
  "END:VEVENT",
];

const dateText = (date: string): string => date.replaceAll("-", "");

const momentText = (moment: string): string => moment.replace(/\.\d+/, "").replaceAll(/[-:]/g, "");

/** RFC 5545, 3.3.11. */
const escaped = (text: string): string => text.replaceAll(/[\\;,]/g, "\\$&").replaceAll(/\r?\n/g, "\\n");

/** No character is cut in two. */
const folded = (line: string): string => {
  const parts: string[] = [""];
  let room = MOST_BYTES;
  for (const character of line) {
    const bytes = Buffer.byteLength(character);
    if (bytes > room) {
      parts.push("");
      // The space that begins the next line counts.
      room = MOST_BYTES - 1;
    }
    parts.push((parts.pop() ?? "") + character);
    room -= bytes;
  }
  return parts.join("\r\n ");
};
