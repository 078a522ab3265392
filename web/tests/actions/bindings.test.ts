// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { ALL_ACTIONS } from "../../src/actions/actions";
import { keyOf, keysOf, ownerOf, parseChanges, withKey, withOwnKeys, type KeyChanges } from "../../src/actions/bindings";
import { KeyStore } from "../../src/actions/keyStore";
import { numbers } from "../domain/builders";

const action = (id: string) => {
  const found = ALL_ACTIONS.find((each) => each.id === id);
  if (!found) throw new Error(id);
  return found;
};
const press = (key: string, shiftKey = false, ctrlKey = false) => ({ key, shiftKey, ctrlKey, metaKey: false, altKey: false });

describe("other keys", () => {
  it("are an action's only ones, and nobody else's", () => {
    const changes = withKey({}, action("note"), "r");
    const keys = keysOf(ALL_ACTIONS, changes);
    expect(keys.get("note")).toEqual(["r"]);
    expect(keys.get("reviewed")).toEqual([]);
    expect(ownerOf("r", ALL_ACTIONS, changes)?.id).toBe("note");
    expect(ownerOf("n", ALL_ACTIONS, changes)).toBeUndefined();
  });

  it("go back to whom they belong by themselves", () => {
    const changes = withOwnKeys(withKey({}, action("note"), "r"), action("note"));
    expect(keysOf(ALL_ACTIONS, changes)).toEqual(keysOf(ALL_ACTIONS, {}));
  });

  it("mean one action each, whatever is changed in whatever order", () => {
    const random = numbers(3);
    const any = <T,>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const some = ["r", "n", " ", "q", "7", "Shift+i", "ArrowUp"];
    for (let round = 0; round < 50; round += 1) {
      let changes: KeyChanges = {};
      for (let step = 0; step < 12; step += 1) {
        const changed = any(ALL_ACTIONS);
        const key = any(some);
        changes = random() < 0.8 ? withKey(changes, changed, key) : withOwnKeys(changes, changed);
        const all = [...keysOf(ALL_ACTIONS, changes).values()].flat();
        expect(new Set(all).size).toBe(all.length);
        expect(parseChanges(JSON.stringify(changes))).toEqual(changes);
        if (changes[changed.id]) expect(ownerOf(key, ALL_ACTIONS, changes)).toBe(changed);
      }
    }
  });

  it("are told as actions have them", () => {
    expect(keyOf(press("Q"))).toBe("q");
    expect(keyOf(press("Q", true))).toBe("Shift+q");
    expect(keyOf(press("?", true))).toBe("?");
    expect(keyOf(press("ArrowUp", true))).toBe("Shift+ArrowUp");
  });

  it.each([press("q", false, true), press("Escape"), press("Tab"), press("Shift", true)])(
    "are not what the browser needs: $key",
    (pressed) => expect(keyOf(pressed)).toBeUndefined(),
  );
});

describe("what was changed", () => {
  beforeEach(() => window.localStorage.clear());

  it("is kept, and told", () => {
    const store = new KeyStore(window.localStorage);
    let told = 0;
    store.subscribe(() => (told += 1));
    store.change(withKey({}, action("note"), "q"));
    expect(told).toBe(1);
    expect(new KeyStore(window.localStorage).snapshot().keys.get("note")).toEqual(["q"]);
    store.change({});
    expect(window.localStorage).toHaveLength(0);
  });

  it.each(["", "nonsense", "[]", "3", "null", '{"note": 3, "other": [4]}'])("is nothing where it reads %s", (text) => {
    window.localStorage.setItem("sage.keys", text);
    expect(new KeyStore(window.localStorage).snapshot().keys.get("note")).toEqual(["n"]);
  });

  it("gives no key twice, whoever wrote it", () => {
    expect(parseChanges('{"note": ["q"], "still": ["q", "y"]}')).toEqual({ note: ["q"], still: ["y"] });
  });
});
