/** What the page itself says of calls that fail; services say the rest. */
export const api = {
  noAnswer: "SAGE does not answer. Check that it is running and that the network is up.",
  tooLong: "SAGE took too long to answer.",
  sessionEnded: "Your session has ended. Sign in again to go on in this workspace.",
  linkEnded: "This link has expired or was revoked. Ask whoever sent it for a new one.",
  unknown: "Something went wrong.",
  /**
   * By the reason of an error, what is said above the service's own words. Services speak English, so
   * here is nothing to add.
   */
  reasons: {} as Readonly<Partial<Record<string, string>>>,
};
