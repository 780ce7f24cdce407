import { UserError } from "../errors.js";

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;

export const isProviderName = (text: string): boolean => NAME.test(text);

/** @throws UserError `provider_name` */
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
