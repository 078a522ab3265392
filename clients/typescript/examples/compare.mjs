// Compares two videos: node examples/compare.mjs A.mp4 B.mp4 [http://127.0.0.1:8080]
// In a page, a File of an <input type="file"> takes the place of openAsBlob.
import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { RegionKind, SageClient } from "@sage-video/client";

const [pathA, pathB, server = "http://127.0.0.1:8080"] = process.argv.slice(2);
if (pathA === undefined || pathB === undefined) {
  console.error("usage: compare.mjs A.mp4 B.mp4 [http://127.0.0.1:8080]");
  process.exit(2);
}
const sage = new SageClient(server, process.env.TWELVELABS_API_KEY);

async function upload(path) {
  const show = (sent, size) => console.log(`${path}: uploaded ${Math.floor((100 * sent) / size)} %`);
  return (await sage.upload(await openAsBlob(path), basename(path), show)).name;
}

try {
  const a = await upload(pathA);
  const b = await upload(pathB);
  await sage.embedVideos([a, b], (task) => {
    console.log(`${task.videoDisplayName}: ${task.stage} ${Math.round(100 * task.progress)} %`);
  });
  for await (const { payload } of sage.compareVideos({ a, b })) {
    if (payload.case === "region" && payload.value.kind !== RegionKind.UNCHANGED) {
      const { kind, aStart, aEnd, bStart, bEnd } = payload.value;
      const [inA, inB] = [[aStart, aEnd], [bStart, bEnd]].map((side) => side.map((at) => at.toFixed(3)).join("-"));
      console.log(`${RegionKind[kind].toLowerCase()}: A ${inA} s, B ${inB} s`);
    }
    if (payload.case === "summary") console.log(`${payload.value.differenceCount} differences`);
  }
} catch (error) {
  console.error(error.rawMessage ?? error.message);
  process.exitCode = 1;
}
