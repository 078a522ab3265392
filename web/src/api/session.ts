/**
 * Who is calling: keeps a valid access token, signing in by itself where the server allows it.
 *
 * The token lives in memory and in sessionStorage, so that a reload stays signed in and closing the
 * tab signs out. An API key is sent once and kept nowhere.
 */
import { Code } from "@connectrpc/connect";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Session } from "../gen/sage/embed/v1/session_pb";
import { texts } from "../texts";
import { ownError, toProblem, type Problem } from "./errors";

/** What is kept of a session. */
export interface Identity {
  readonly token: string;
  readonly workspace: string;
  readonly expiresAtMs: number;
  readonly hasApiKey: boolean;
  /** The one comparison that a shared link shows, to be looked at only: `comparisons/{id}`. */
  readonly shared?: string;
}

export type SessionState =
  /** `workspace` is the one of the session that is being renewed. */
  | { readonly status: "signing-in"; readonly workspace?: string }
  | { readonly status: "signed-in"; readonly identity: Identity }
  | { readonly status: "signed-out"; readonly problem: Problem; readonly ended: boolean };

/** Said when a session with an API key is over: signing in anonymously instead would swap workspaces. */
const ENDED: Problem = {
  reason: "SESSION_ENDED",
  get message() {
    return texts().api.sessionEnded;
  },
  retryable: false,
};

/** Said when a shared link is over: nothing here could make it good again. */
const LINK_ENDED: Problem = {
  reason: "LINK_ENDED",
  get message() {
    return texts().api.linkEnded;
  },
  retryable: false,
};

/** Opens a session: with a key when one is given, else anonymously. */
export type OpenSession = (apiKey: string) => Promise<Session>;

type TokenStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const STORAGE_KEY = "sage.session";
/** A token is renewed when it has less than this to live. */
const RENEW_BEFORE_MS = 60_000;

export class SessionKeeper {
  #state: SessionState = { status: "signing-in" };
  #opening: Promise<Identity> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly open: OpenSession,
    private readonly storage: TokenStorage,
    private readonly now: () => number = Date.now,
    shared?: Identity,
  ) {
    const kept = shared ?? this.#restore();
    if (kept) this.#state = { status: "signed-in", identity: kept };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): SessionState => this.#state;

  /** A token that is good for a call now. Signs in when there is none. */
  async token(): Promise<string> {
    if (this.#state.status === "signed-in") {
      if (this.#lives(this.#state.identity)) return this.#state.identity.token;
      this.invalidate(this.#state.identity.token);
    }
    // Read anew: `invalidate` may have ended the session.
    const state = this.snapshot();
    if (state.status === "signed-out" && state.ended) {
      throw ownError(state.problem.reason, state.problem.message, Code.Unauthenticated);
    }
    return (await this.#renew()).token;
  }

  /** Tells that the server refused `token`; the next call gets another one. */
  invalidate(token: string): void {
    if (this.#state.status !== "signed-in" || this.#state.identity.token !== token) return;
    const { hasApiKey: ended, workspace, shared } = this.#state.identity;
    if (shared !== undefined) {
      this.#set({ status: "signed-out", problem: LINK_ENDED, ended: true }, null);
      return;
    }
    this.#set(
      ended ? { status: "signed-out", problem: ENDED, ended } : { status: "signing-in", workspace },
      null,
    );
  }

  /** Signs in with an API key. The error is the caller's to show; the present session stays. */
  async signIn(apiKey: string): Promise<void> {
    this.#accept(await this.open(apiKey));
  }

  /** Leaves the present session and signs in anonymously. */
  async signOut(): Promise<void> {
    this.#set({ status: "signing-in" }, null);
    await this.#renew();
  }

  #renew(): Promise<Identity> {
    this.#opening ??= this.open("")
      .then((session) => this.#accept(session))
      .catch((error: unknown) => {
        this.#set({ status: "signed-out", problem: toProblem(error), ended: false }, null);
        throw error;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }

  #accept(session: Session): Identity {
    const identity: Identity = {
      token: session.accessToken,
      workspace: session.workspace,
      expiresAtMs: session.expireTime ? timestampMs(session.expireTime) : this.now() + 600_000,
      hasApiKey: session.hasApiKey,
    };
    this.#set({ status: "signed-in", identity }, identity);
    return identity;
  }

  #lives(identity: Identity): boolean {
    const spare = identity.shared === undefined ? RENEW_BEFORE_MS : 0;
    return identity.expiresAtMs - this.now() > spare;
  }

  #set(state: SessionState, kept: Identity | null): void {
    this.#state = state;
    if (kept) this.storage.setItem(STORAGE_KEY, JSON.stringify(kept));
    else this.storage.removeItem(STORAGE_KEY);
    this.#listeners.forEach((listener) => listener());
  }

  #restore(): Identity | undefined {
    try {
      const kept = JSON.parse(this.storage.getItem(STORAGE_KEY) ?? "null") as Identity | null;
      return kept && typeof kept.token === "string" && this.#lives(kept) ? kept : undefined;
    } catch {
      return undefined;
    }
  }
}
