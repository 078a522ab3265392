export const session = {
  signIn: "Sign in",
  signInHint: "With a TwelveLabs key, to a workspace of your own",
  anotherKey: "Use another key",
  signOut: "Sign out",
  signOutHint: "Back to the shared workspace",
  apiTokens: "API tokens",
  apiTokensHint: "For programs that work in this workspace",
  /** Who is signed in with a key: the vendor whose key it is. */
  withKey: "TwelveLabs",
  sharedWorkspace: "Shared workspace",
  dialog: {
    title: "Sign in with a TwelveLabs key",
    description:
      "The key opens your own workspace and the cloud engine. The server keeps it encrypted and never shows it again.",
    offline: "SAGE cannot be reached",
    offlineDescription: "Nothing is lost. Try again when the server is back.",
    key: "API key",
    withoutKey: "Go on without a key",
    checking: "Checking the key…",
  },
  tokens: {
    description:
      "A program that has one works in this workspace, without a session: as the bearer token of its calls, or as SAGE_TOKEN for the sage command.",
    list: "Tokens",
    none: "There are none yet.",
    revoke: "Revoke",
    revokeOf: (name: string) => `Revoke ${name}`,
    user: "What uses it",
    scope: "What it may do",
    scopes: { read: "Read", write: "Read and write" },
    lifetime: "How long it is good",
    /** By days. */
    lifetimes: { 30: "30 days", 90: "90 days", 365: "1 year" },
    create: "Make a token",
    creating: "Making it…",
    secret: (name: string) => `The token of “${name}”. Copy it now: it is not shown again.`,
    reads: "Reads",
    writes: "Reads and writes",
    until: (does: string, day: string) => `${does} until ${day}`,
  },
  shared: {
    opening: "Opening what was shared with you…",
    nothing: "This link opens nothing",
  },
};
