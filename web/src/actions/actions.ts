import type { Action, ActionContext } from "./action";
import { FINE_SECONDS } from "../player/nudge";
import { nextPace, withIn, withOut } from "../player/pace";
import { nextEdit, previousEdit } from "./edits";

const some = ({ edits }: ActionContext): boolean => edits.length > 0;

export const ACTIONS = {
  toggle: {
    id: "toggle",
    label: "Play or pause",
    group: "Playing",
    keys: [" "],
    run: ({ player }) => player.toggle(),
  },
  backwards: {
    id: "backwards",
    label: "Play backwards, faster each time",
    group: "Playing",
    keys: ["j"],
    run: ({ player }) => player.shuttle(-1),
  },
  stop: {
    id: "stop",
    label: "Stop",
    group: "Playing",
    keys: ["k"],
    run: ({ player }) => player.pause(),
  },
  forwards: {
    id: "forwards",
    label: "Play, faster each time",
    group: "Playing",
    keys: ["l"],
    run: ({ player }) => player.shuttle(1),
  },
  frameBack: {
    id: "frameBack",
    label: "One frame back",
    group: "Playing",
    keys: [",", "ArrowLeft"],
    run: ({ player }) => player.step(-1),
  },
  frameOn: {
    id: "frameOn",
    label: "One frame on",
    group: "Playing",
    keys: [".", "ArrowRight"],
    run: ({ player }) => player.step(1),
  },
  secondBack: {
    id: "secondBack",
    label: "One second back",
    group: "Playing",
    keys: ["Shift+ArrowLeft"],
    run: ({ player }) => player.seek(player.time - 1),
  },
  secondOn: {
    id: "secondOn",
    label: "One second on",
    group: "Playing",
    keys: ["Shift+ArrowRight"],
    run: ({ player }) => player.seek(player.time + 1),
  },
  start: {
    id: "start",
    label: "To the start",
    group: "Playing",
    keys: ["Home"],
    run: ({ player }) => player.seek(0),
  },
  end: {
    id: "end",
    label: "To the end",
    group: "Playing",
    keys: ["End"],
    run: ({ player }) => player.seek(player.master.duration),
  },
  slower: {
    id: "slower",
    label: "Slower",
    group: "Playing",
    keys: ["<"],
    run: ({ player }) => player.setPace(nextPace(player.snapshot().pace, -1)),
  },
  faster: {
    id: "faster",
    label: "Faster",
    group: "Playing",
    keys: [">"],
    run: ({ player }) => player.setPace(nextPace(player.snapshot().pace, 1)),
  },
  markIn: {
    id: "markIn",
    label: "Loop from here",
    group: "Playing",
    keys: ["Shift+i"],
    run: ({ player }) => player.setLoop(withIn(player.snapshot().loop, player.time, player.master.duration)),
  },
  markOut: {
    id: "markOut",
    label: "Loop up to here",
    group: "Playing",
    keys: ["Shift+o"],
    run: ({ player }) => player.setLoop(withOut(player.snapshot().loop, player.time)),
  },
  listen: {
    id: "listen",
    label: "Listen to the other version",
    group: "Playing",
    keys: ["s"],
    run: ({ player }) => player.setListen(player.snapshot().listen === "b" ? "a" : "b"),
  },
  next: {
    id: "next",
    label: "Next edit",
    group: "Edits",
    keys: ["]", "ArrowDown"],
    enabled: some,
    run: (context) => go(context, nextEdit(context.edits, context.player.time)),
  },
  previous: {
    id: "previous",
    label: "Previous edit",
    group: "Edits",
    keys: ["[", "ArrowUp"],
    enabled: some,
    run: (context) => go(context, previousEdit(context.edits, context.player.time)),
  },
  loop: {
    id: "loop",
    label: "Loop the selected edit, or end the loop",
    group: "Edits",
    keys: ["o"],
    enabled: ({ selected, player }) => selected !== undefined || player.snapshot().loop !== undefined,
    run: ({ player, selected, edits }) => {
      const found = edits.find(({ edit }) => edit.key === selected?.key);
      if (player.snapshot().loop || !found) player.setLoop(undefined);
      else {
        player.setLoop(withRun(found.stretch, player.master.duration));
        player.play();
      }
    },
  },
  note: {
    id: "note",
    label: "Note at the playhead",
    group: "Review",
    keys: ["n"],
    enabled: ({ write }) => write !== undefined,
    run: ({ write }) => write?.(),
  },
  reviewed: {
    id: "reviewed",
    label: "Mark the selected edit as reviewed, or not",
    group: "Review",
    keys: ["r"],
    enabled: ({ decide }) => decide !== undefined,
    run: ({ decide }) => decide?.("reviewed"),
  },
  ignored: {
    id: "ignored",
    label: "Ignore the selected edit, or not",
    group: "Review",
    keys: ["i"],
    enabled: ({ decide }) => decide !== undefined,
    run: ({ decide }) => decide?.("ignored"),
  },
  nudgeEarlier: {
    id: "nudgeEarlier",
    label: "Show B 10 ms earlier",
    group: "Pictures",
    keys: ["("],
    run: ({ player }) => player.nudge("b", -FINE_SECONDS),
  },
  nudgeLater: {
    id: "nudgeLater",
    label: "Show B 10 ms later",
    group: "Pictures",
    keys: [")"],
    run: ({ player }) => player.nudge("b", FINE_SECONDS),
  },
  wipe: {
    id: "wipe",
    label: "Wipe between the pictures",
    group: "Pictures",
    keys: ["w"],
    run: ({ show }) => show("wipe"),
  },
  difference: {
    id: "difference",
    label: "Difference of the pictures",
    group: "Pictures",
    keys: ["d"],
    run: ({ show }) => show("difference"),
  },
  fullScreen: {
    id: "fullScreen",
    label: "Full screen",
    group: "Pictures",
    keys: ["f"],
    run: ({ fullScreen }) => fullScreen(),
  },
  still: {
    id: "still",
    label: "Save both pictures as PNG",
    group: "Pictures",
    keys: ["p"],
    run: ({ saveStill }) => saveStill(),
  },
  zoomIn: {
    id: "zoomIn",
    label: "Closer",
    group: "Timeline",
    keys: ["+", "="],
    run: ({ zoom }) => zoom(1.6),
  },
  zoomOut: {
    id: "zoomOut",
    label: "Wider",
    group: "Timeline",
    keys: ["-"],
    run: ({ zoom }) => zoom(1 / 1.6),
  },
  fit: {
    id: "fit",
    label: "Show all of the timeline",
    group: "Timeline",
    keys: ["0"],
    run: ({ fit }) => fit(),
  },
  help: {
    id: "help",
    label: "Show the keys",
    group: "Page",
    keys: ["?"],
    run: ({ showHelp }) => showHelp(),
  },
} as const satisfies Record<string, Action>;

export const ALL_ACTIONS: readonly Action[] = Object.values(ACTIONS);

type Target = ActionContext["edits"][number] | undefined;

function go({ player, select }: ActionContext, target: Target): void {
  if (!target) return;
  select(target.edit);
  player.setLoop(undefined);
  player.seek(target.stretch.start);
}

/** A moment before and after, so that the cut itself is seen. */
function withRun(stretch: { start: number; end: number }, duration: number) {
  return { start: Math.max(0, stretch.start - 0.5), end: Math.min(duration, stretch.end + 0.5) };
}
