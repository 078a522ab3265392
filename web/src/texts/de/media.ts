import type { Texts } from "..";

export const media: Texts["media"] = {
  deletedVideo: "Ein gelöschtes Video",
};
