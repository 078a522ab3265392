// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { ariaKeys, keyName } from "../../src/actions/action";
import { ALL_ACTIONS } from "../../src/actions/actions";
import { keysOf } from "../../src/actions/bindings";
import { nextEdit, previousEdit } from "../../src/actions/edits";
import { actionFor, keymapOf } from "../../src/actions/keymap";

const press = (key: string, held: Partial<Record<"shiftKey" | "ctrlKey", boolean>> = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

describe("the keys", () => {
  const keymap = keymapOf(ALL_ACTIONS, keysOf(ALL_ACTIONS, {}));

  it("mean one action each", () => {
    expect(keymap.size).toBe(ALL_ACTIONS.flatMap((action) => action.keys).length);
  });

  it.each([
    [" ", "toggle"],
    ["j", "backwards"],
    ["k", "stop"],
    ["l", "forwards"],
    [",", "frameBack"],
    [".", "frameOn"],
    ["[", "previous"],
    ["]", "next"],
    ["n", "note"],
    ["r", "reviewed"],
    ["i", "ignored"],
    ["<", "slower"],
    [">", "faster"],
    ["f", "fullScreen"],
    ["p", "still"],
    ["?", "help"],
  ])("%s is %s", (key, id) => {
    expect(actionFor(press(key), keymap)?.id).toBe(id);
  });

  it("work with the shift key where it matters, and with caps lock", () => {
    expect(actionFor(press("ArrowLeft", { shiftKey: true }), keymap)?.id).toBe("secondBack");
    expect(actionFor(press("I", { shiftKey: true }), keymap)?.id).toBe("markIn");
    expect(actionFor(press("?", { shiftKey: true }), keymap)?.id).toBe("help");
    expect(actionFor(press("N"), keymap)?.id).toBe("note");
  });

  it("are the browser's own with control", () => {
    expect(actionFor(press("l", { ctrlKey: true }), keymap)).toBeUndefined();
  });

  it("have names that people know", () => {
    expect([" ", "Shift+ArrowLeft", "j"].map(keyName)).toEqual(["Space", "Shift ←", "J"]);
  });
});

describe("going from edit to edit", () => {
  const placed = [2, 8, 20].map((start) => ({
    stretch: { start, end: start + 1 },
  }));

  it("goes on from the playhead, and round at the ends", () => {
    expect(nextEdit(placed, 0)?.stretch.start).toBe(2);
    expect(nextEdit(placed, 2)?.stretch.start).toBe(8);
    expect(nextEdit(placed, 25)?.stretch.start).toBe(2);
    expect(previousEdit(placed, 8)?.stretch.start).toBe(2);
    expect(previousEdit(placed, 1)?.stretch.start).toBe(20);
    expect(nextEdit(placed.slice(0, 0), 0)).toBeUndefined();
  });
});

describe("what assistive technology is told", () => {
  it("follows the standard: modifiers with plus signs, alternatives with spaces", () => {
    expect(ariaKeys([" "])).toBe("Space");
    expect(ariaKeys(["+", "="])).toBe("Plus =");
    expect(ariaKeys(["Shift+i", "ArrowLeft"])).toBe("Shift+I ArrowLeft");
  });
});
