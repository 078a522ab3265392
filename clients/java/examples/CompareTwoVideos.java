import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import video.sage.client.SageClient;
import video.sage.compare.v1.CompareVideosRequest;
import video.sage.compare.v1.RegionKind;

/** Compares two videos: A.mp4 B.mp4 [http://127.0.0.1:8080]. */
public final class CompareTwoVideos {
  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 2) {
      System.err.println("usage: CompareTwoVideos A.mp4 B.mp4 [http://127.0.0.1:8080]");
      System.exit(2);
    }
    String server = arguments.length > 2 ? arguments[2] : "http://127.0.0.1:8080";
    String key = Optional.ofNullable(System.getenv("TWELVELABS_API_KEY")).orElse("");
    try (var sage = new SageClient(server, key)) {
      var videos = new ArrayList<String>();
      for (int each = 0; each < 2; each++) {
        String path = arguments[each];
        videos.add(sage.upload(Path.of(path),
            (sent, size) -> System.out.printf("%s: uploaded %d %%%n", path, 100 * sent / size)).getName());
      }
      sage.embedVideos(videos, task -> System.out.printf(Locale.ROOT, "%s: %s %.0f %%%n",
          task.getVideoDisplayName(), task.getStage(), 100 * task.getProgress()));
      var request = CompareVideosRequest.newBuilder().setA(videos.get(0)).setB(videos.get(1)).build();
      sage.compareVideos(request).forEachRemaining(message -> {
        var region = message.getRegion();
        if (message.hasRegion() && region.getKind() != RegionKind.REGION_KIND_UNCHANGED) {
          System.out.printf(Locale.ROOT, "%s: A %.3f-%.3f s, B %.3f-%.3f s%n",
              region.getKind().name().substring("REGION_KIND_".length()).toLowerCase(Locale.ROOT),
              region.getAStart(), region.getAEnd(), region.getBStart(), region.getBEnd());
        }
        if (message.hasSummary()) {
          System.out.printf("%d differences%n", message.getSummary().getDifferenceCount());
        }
      });
    } catch (StatusRuntimeException error) {
      System.err.println(error.getStatus().getDescription());
      System.exit(1);
    }
  }
}
