import type { Action, ActionContext, ActionId } from "./action";
import { FINE_SECONDS } from "../domain/nudge";
import { nextPace, withIn, withOut } from "../player/pace";
import { nextEdit, previousEdit } from "./edits";

const some = ({ edits }: ActionContext): boolean => edits.length > 0;

export const ACTIONS = {
  toggle: {
    id: "toggle",
    group: "playing",
    keys: [" "],
    run: ({ player }) => player.toggle(),
  },
  backwards: {
    id: "backwards",
    group: "playing",
    keys: ["j"],
    run: ({ player }) => player.shuttle(-1),
  },
  stop: {
    id: "stop",
    group: "playing",
    keys: ["k"],
    run: ({ player }) => player.pause(),
  },
  forwards: {
    id: "forwards",
    group: "playing",
    keys: ["l"],
    run: ({ player }) => player.shuttle(1),
  },
  frameBack: {
    id: "frameBack",
    group: "playing",
    keys: [",", "ArrowLeft"],
    run: ({ player }) => player.step(-1),
  },
  frameOn: {
    id: "frameOn",
    group: "playing",
    keys: [".", "ArrowRight"],
    run: ({ player }) => player.step(1),
  },
  secondBack: {
    id: "secondBack",
    group: "playing",
    keys: ["Shift+ArrowLeft"],
    run: ({ player }) => player.seek(player.time - 1),
  },
  secondOn: {
    id: "secondOn",
    group: "playing",
    keys: ["Shift+ArrowRight"],
    run: ({ player }) => player.seek(player.time + 1),
  },
  start: {
    id: "start",
    group: "playing",
    keys: ["Home"],
    run: ({ player }) => player.seek(0),
  },
  end: {
    id: "end",
    group: "playing",
    keys: ["End"],
    run: ({ player }) => player.seek(player.lastFrame),
  },
  slower: {
    id: "slower",
    group: "playing",
    keys: ["<"],
    run: ({ player }) => player.setPace(nextPace(player.snapshot().pace, -1)),
  },
  faster: {
    id: "faster",
    group: "playing",
    keys: [">"],
    run: ({ player }) => player.setPace(nextPace(player.snapshot().pace, 1)),
  },
  markIn: {
    id: "markIn",
    group: "playing",
    keys: ["Shift+i"],
    run: ({ player }) => player.setLoop(withIn(player.snapshot().loop, player.time, player.master.duration)),
  },
  markOut: {
    id: "markOut",
    group: "playing",
    keys: ["Shift+o"],
    run: ({ player }) => player.setLoop(withOut(player.snapshot().loop, player.time)),
  },
  listen: {
    id: "listen",
    group: "playing",
    keys: ["s"],
    run: ({ player }) => player.setListen(player.snapshot().listen === "b" ? "a" : "b"),
  },
  next: {
    id: "next",
    group: "edits",
    keys: ["]", "ArrowDown"],
    enabled: some,
    run: (context) => go(context, nextEdit(context.edits, context.player.time)),
  },
  previous: {
    id: "previous",
    group: "edits",
    keys: ["[", "ArrowUp"],
    enabled: some,
    run: (context) => go(context, previousEdit(context.edits, context.player.time)),
  },
  loop: {
    id: "loop",
    group: "edits",
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
    group: "review",
    keys: ["n"],
    enabled: ({ write }) => write !== undefined,
    run: ({ write }) => write?.(),
  },
  reviewed: {
    id: "reviewed",
    group: "review",
    keys: ["r"],
    enabled: ({ decide }) => decide !== undefined,
    run: ({ decide }) => decide?.("reviewed"),
  },
  ignored: {
    id: "ignored",
    group: "review",
    keys: ["i"],
    enabled: ({ decide }) => decide !== undefined,
    run: ({ decide }) => decide?.("ignored"),
  },
  nudgeEarlier: {
    id: "nudgeEarlier",
    group: "pictures",
    keys: ["("],
    run: ({ player }) => player.nudge("b", -FINE_SECONDS),
  },
  nudgeLater: {
    id: "nudgeLater",
    group: "pictures",
    keys: [")"],
    run: ({ player }) => player.nudge("b", FINE_SECONDS),
  },
  wipe: {
    id: "wipe",
    group: "pictures",
    keys: ["w"],
    run: ({ view }) => view.toggleLayout("wipe"),
  },
  overlay: {
    id: "overlay",
    group: "pictures",
    keys: ["v"],
    run: ({ view }) => view.toggleLayout("overlay"),
  },
  difference: {
    id: "difference",
    group: "pictures",
    keys: ["d"],
    run: ({ view }) => view.toggleLayout("difference"),
  },
  blink: {
    id: "blink",
    group: "pictures",
    keys: ["b"],
    run: ({ view, viewing }) => view.blink(viewing.blink === undefined),
    release: ({ view }) => view.blink(false),
  },
  align: {
    id: "align",
    group: "pictures",
    keys: ["g"],
    run: ({ view, viewing }) => view.change({ aligned: !viewing.aligned }),
  },
  outlines: {
    id: "outlines",
    group: "pictures",
    keys: ["u"],
    run: ({ view, viewing }) => view.change({ outlines: !viewing.outlines }),
  },
  pictureCloser: {
    id: "pictureCloser",
    group: "pictures",
    keys: ["z"],
    run: ({ view }) => view.zoom(Math.SQRT2),
  },
  pictureWider: {
    id: "pictureWider",
    group: "pictures",
    keys: ["Shift+z"],
    run: ({ view }) => view.zoom(Math.SQRT1_2),
  },
  pictureFit: {
    id: "pictureFit",
    group: "pictures",
    keys: ["x"],
    run: ({ view }) => view.fit(),
  },
  pixelByPixel: {
    id: "pixelByPixel",
    group: "pictures",
    keys: ["1"],
    run: ({ view }) => view.pixelByPixel(),
  },
  fullScreen: {
    id: "fullScreen",
    group: "pictures",
    keys: ["f"],
    run: ({ fullScreen }) => fullScreen(),
  },
  still: {
    id: "still",
    group: "pictures",
    keys: ["p"],
    run: ({ saveStill }) => saveStill(),
  },
  zoomIn: {
    id: "zoomIn",
    group: "timeline",
    keys: ["+", "="],
    run: ({ zoom }) => zoom(1.6),
  },
  zoomOut: {
    id: "zoomOut",
    group: "timeline",
    keys: ["-"],
    run: ({ zoom }) => zoom(1 / 1.6),
  },
  fit: {
    id: "fit",
    group: "timeline",
    keys: ["0"],
    run: ({ fit }) => fit(),
  },
  nextMarker: {
    id: "nextMarker",
    group: "timeline",
    keys: ["Shift+ArrowDown"],
    enabled: ({ markers }) => markers.length > 0,
    run: ({ player, markers }) => player.seek(nextEdit(markers, player.time)?.stretch.start ?? player.time),
  },
  previousMarker: {
    id: "previousMarker",
    group: "timeline",
    keys: ["Shift+ArrowUp"],
    enabled: ({ markers }) => markers.length > 0,
    run: ({ player, markers }) => player.seek(previousEdit(markers, player.time)?.stretch.start ?? player.time),
  },
  matrix: {
    id: "matrix",
    group: "timeline",
    keys: ["m"],
    run: ({ showMatrix }) => showMatrix(),
  },
  help: {
    id: "help",
    group: "page",
    keys: ["?"],
    run: ({ showHelp }) => showHelp(),
  },
} as const satisfies { readonly [id in ActionId]: Action & { readonly id: id } };

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
