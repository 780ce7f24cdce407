import { Flags } from "@oclif/core";

/** What `login` and `signup` take. A password is no flag: other users of the machine see what a command is given. */
export const signInFlags = {
  url: Flags.string({
    summary: "the address of your Supabase project",
    description: "The environment variable AICOST_SUPABASE_URL gives it too.",
    helpValue: "URL",
  }),
  key: Flags.string({
    summary: "the publishable key of the project",
    description: "The environment variable AICOST_SUPABASE_KEY gives it too.",
    helpValue: "KEY",
  }),
  email: Flags.string({ summary: "your e-mail address in the project", helpValue: "ADDRESS" }),
  "password-stdin": Flags.boolean({ summary: "read the password from standard input" }),
};

/** What they gave. */
export interface SignInFlags {
  profile?: string | undefined;
  url?: string | undefined;
  key?: string | undefined;
  email?: string | undefined;
  "password-stdin": boolean;
}
