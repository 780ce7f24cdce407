import { UserError } from "../errors.js";

/** How `providers.name` is written, by which people type it. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** Whether a text can be the name of a provider. */
export const isProviderName = (text: string): boolean => NAME.test(text);

/** A provider's name as a person types it, as `providers` keeps it. @throws UserError `provider_name` */
export const parseProvider = (text: string): string => {
  const name = text.trim().toLowerCase();
  if (isProviderName(name)) return name;
  throw new UserError(
    "provider_name",
    `“${text}” is not the name of a provider.`,
    "See them with: aicost providers",
  );
};

/** What to type if a provider is not known: what adds it or, if it cannot be added, what lists them. */
export const unknownProviderHint = (name: string): string =>
  isProviderName(name) ? `aicost providers add ${name}` : "aicost providers";
