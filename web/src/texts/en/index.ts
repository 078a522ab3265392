/** Everything that the page says, in English: what every other language has to say too. */
import { actions } from "./actions";
import { api } from "./api";
import { app } from "./app";
import { comparison } from "./comparison";
import { domain } from "./domain";
import { media } from "./media";
import { player } from "./player";
import { report } from "./report";
import { review } from "./review";
import { session } from "./session";
import { tasks } from "./tasks";
import { time } from "./time";
import { timeline } from "./timeline";
import { tour } from "./tour";
import { ui } from "./ui";
import { upload } from "./upload";
import { workspace } from "./workspace";
import { formats } from "./formats";

export const en = {
  formats,
  actions,
  api,
  app,
  comparison,
  domain,
  media,
  player,
  report,
  review,
  session,
  tasks,
  time,
  timeline,
  tour,
  ui,
  upload,
  workspace,
};

export type Texts = typeof en;
