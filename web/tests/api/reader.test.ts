import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { Reader } from "../../src/api/reader";
import { numbers } from "../domain/builders";

/** A server whose answers arrive when the test lets them, each with what held when it was asked. */
class Server {
  names: string[] = ["first", "second"];
  readonly #under: (() => void)[] = [];

  readonly list = (): Promise<readonly string[]> => {
    const then = [...this.names];
    return new Promise((resolve) => this.#under.push(() => resolve(then)));
  };

  get asked(): number {
    return this.#under.length;
  }

  /** The answer to a call that is under way, in any order. */
  async answer(index = 0): Promise<void> {
    this.#under.splice(index, 1)[0]?.();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }
}

function page(server: Server) {
  const state = { shown: [] as readonly string[], problems: [] as string[] };
  const reader = new Reader({ tell: ({ reason }) => state.problems.push(reason), pause: () => Promise.resolve() });
  const read = (): void =>
    reader.start(async (_signal, show) => {
      const names = await server.list();
      show(() => (state.shown = names));
    });
  /** What a page does once the server has said that it is done. */
  const rename = (from: string, to: string): void => {
    const renamed = (names: readonly string[]) => names.map((name) => (name === from ? to : name));
    server.names = renamed(server.names);
    state.shown = renamed(state.shown);
    reader.changed();
  };
  return { state, reader, read, rename };
}

describe("a list that is read while it is changed", () => {
  it("does not show the old name again that an answer on its way still has", async () => {
    const server = new Server();
    const { state, read, rename } = page(server);
    read();
    await server.answer();
    read();
    rename("second", "renamed");
    await server.answer();
    expect(state.shown).toEqual(["first", "renamed"]);
    await server.answer();
    expect(state.shown).toEqual(["first", "renamed"]);
    expect(server.asked).toBe(0);
  });

  it("ends with what the server has, and never goes back, whatever comes first", async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const next = numbers(seed);
      const server = new Server();
      const { state, read, rename } = page(server);
      read();
      await server.answer();
      for (let step = 0; step < 12; step += 1) {
        const chance = next();
        if (chance < 0.3) read();
        else if (chance < 0.6) rename(server.names[1] ?? "", `name ${step}`);
        else await server.answer(Math.floor(next() * server.asked));
        expect(state.shown).toEqual(server.names);
      }
      while (server.asked > 0) await server.answer();
      expect(state.shown).toEqual(server.names);
    }
  });

  it("asks no more than once when nothing was on its way", async () => {
    const server = new Server();
    const { read, rename } = page(server);
    read();
    await server.answer();
    rename("first", "renamed");
    expect(server.asked).toBe(0);
  });

  it("tells nothing of a reading that was given up", async () => {
    const server = new Server();
    const { state, reader } = page(server);
    let fail: (error: Error) => void = () => undefined;
    reader.start(() => new Promise<void>((_, reject) => (fail = reject)));
    reader.stop();
    fail(new ConnectError("gone", Code.NotFound));
    await server.answer();
    expect(state.problems).toEqual([]);
  });
});
