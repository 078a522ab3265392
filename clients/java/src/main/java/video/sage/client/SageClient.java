package video.sage.client;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import video.sage.compare.v1.CompareVideosRequest;
import video.sage.compare.v1.CompareVideosResponse;
import video.sage.embed.v1.CreateEmbeddingTaskRequest;
import video.sage.embed.v1.EmbeddingTask;
import video.sage.embed.v1.SessionServiceGrpc;
import video.sage.embed.v1.WatchEmbeddingTasksRequest;
import video.sage.ingest.v1.CompleteUploadRequest;
import video.sage.ingest.v1.CreateUploadRequest;
import video.sage.ingest.v1.ListVideosRequest;
import video.sage.ingest.v1.Upload;
import video.sage.ingest.v1.UploadPartRequest;
import video.sage.ingest.v1.Video;

/**
 * Compares two versions of a video through a SAGE server.
 *
 * <p>It opens a session by itself and renews it before it ends. {@link #ingest}, {@link #embed},
 * {@link #compare}, {@link #comparisons} that are kept, {@link #apiTokens} and {@link #sessions} are
 * the generated stubs of the contract; the methods are what takes more than one call. Errors are
 * {@link StatusRuntimeException}s whose message says what to do.
 */
public final class SageClient extends ServiceStubs implements AutoCloseable {
  /** How long a server that went away is waited for. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ManagedChannel channel;

  /** Hears how far an upload is, in bytes. */
  public interface UploadProgress {
    void sent(long bytes, long size);
  }

  /**
   * Prepares a client of a server.
   *
   * @param server {@code http://host:port} or {@code https://host[:port]}
   * @param apiKey a key of TwelveLabs, or an empty string for the server's anonymous workspace
   */
  public SageClient(String server, String apiKey) {
    this(open(URI.create(server)), apiKey);
  }

  private SageClient(ManagedChannel channel, String apiKey) {
    super(channel, new Token(SessionServiceGrpc.newBlockingStub(channel), apiKey));
    this.channel = channel;
  }

  private static ManagedChannel open(URI server) {
    boolean tls = "https".equals(server.getScheme());
    int port = server.getPort() >= 0 ? server.getPort() : tls ? 443 : 80;
    var credentials = tls ? TlsChannelCredentials.create() : InsecureChannelCredentials.create();
    return configured(Grpc.newChannelBuilderForAddress(server.getHost(), port, credentials)).build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /**
   * The video of a file: the one with the same bytes that is there, or what becomes of the parts.
   * Called again after it was interrupted, it sends those that are missing.
   */
  public Video upload(Path path, UploadProgress progress) throws IOException {
    String sha256 = MoreFiles.asByteSource(path).hash(Hashing.sha256()).toString();
    var known = ingest.listVideos(ListVideosRequest.newBuilder().setSha256(sha256).build());
    if (known.getVideosCount() > 0) {
      return known.getVideos(0);
    }
    String name = path.getFileName().toString();
    byte[] facts = (sha256 + "/" + name).getBytes(StandardCharsets.UTF_8);
    var request = CreateUploadRequest.newBuilder().setDisplayName(name).setSizeBytes(Files.size(path))
        .setSha256(sha256).setRequestId(UUID.nameUUIDFromBytes(facts).toString());
    Upload upload = ingest.createUpload(request.build());
    if (upload.getState() != Upload.State.STATE_ACTIVE
        && upload.getState() != Upload.State.STATE_COMPLETING) {
      upload = ingest.createUpload(request.setRequestId(UUID.randomUUID().toString()).build());
    }
    try (var file = new RandomAccessFile(path.toFile(), "r")) {
      for (int number = 1; number <= upload.getPartCount(); number++) {
        long start = (number - 1) * upload.getPartSize();
        byte[] data = new byte[(int) Math.min(upload.getPartSize(), upload.getSizeBytes() - start)];
        if (!upload.getReceivedPartsList().contains(number)) {
          file.seek(start);
          file.readFully(data);
          ingest.uploadPart(UploadPartRequest.newBuilder().setUpload(upload.getName()).setPartNumber(number)
              .setData(ByteString.copyFrom(data)).setCrc32C(Hashing.crc32c().hashBytes(data).asInt()).build());
        }
        progress.sent(start + data.length, upload.getSizeBytes());
      }
    }
    return ingest.completeUpload(CompleteUploadRequest.newBuilder().setName(upload.getName()).build());
  }

  /**
   * Makes the embeddings of videos and tells of every change until all are there. A dropped watch
   * goes on after the last revision that arrived.
   */
  public void embedVideos(Collection<String> videos, Consumer<EmbeddingTask> progress)
      throws InterruptedException {
    var waiting = new TreeSet<String>();
    for (String video : videos) {
      var task = embed.createEmbeddingTask(CreateEmbeddingTaskRequest.newBuilder().setVideo(video).build());
      waiting.add(task.getName());
    }
    var request = WatchEmbeddingTasksRequest.newBuilder().addAllNames(waiting);
    for (Instant giveUp = Instant.now().plus(PATIENCE); !waiting.isEmpty(); Thread.sleep(1000)) {
      var call = Context.current().withCancellation();
      Context outside = call.attach();
      try {
        var messages = embed.watchEmbeddingTasks(request.build());
        while (messages.hasNext()) {
          var message = messages.next();
          giveUp = Instant.now().plus(PATIENCE);
          request.setAfterRevision(Math.max(request.getAfterRevision(), message.getRevision()));
          message.getEmbeddingTasksList().forEach(progress);
          for (var task : message.getEmbeddingTasksList()) {
            switch (task.getState()) {
              case STATE_SUCCEEDED -> waiting.remove(task.getName());
              case STATE_FAILED, STATE_CANCELLED -> throw Status.ABORTED.withDescription(
                  task.getVideoDisplayName() + ": " + task.getStage() + " " + task.getError().getMessage())
                  .asRuntimeException();
              default -> {}
            }
          }
          if (waiting.isEmpty()) {
            return;
          }
        }
        throw Status.UNAVAILABLE.withDescription("The watch ended.").asRuntimeException();
      } catch (StatusRuntimeException error) {
        if (error.getStatus().getCode() != Status.Code.UNAVAILABLE || Instant.now().isAfter(giveUp)) {
          throw error;
        }
      } finally {
        call.detachAndCancel(outside, null);
      }
    }
  }

  /** Streams a comparison: its header, distances, looks, regions and summary. */
  public Iterator<CompareVideosResponse> compareVideos(CompareVideosRequest request) {
    return compare.compareVideos(request);
  }
}
