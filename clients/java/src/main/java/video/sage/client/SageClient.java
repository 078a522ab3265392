package video.sage.client;

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
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import video.sage.compare.v1.CompareServiceGrpc;
import video.sage.compare.v1.CompareVideosRequest;
import video.sage.compare.v1.CompareVideosResponse;
import video.sage.embed.v1.CreateEmbeddingTaskRequest;
import video.sage.embed.v1.EmbedServiceGrpc;
import video.sage.embed.v1.EmbeddingTask;
import video.sage.embed.v1.RetryEmbeddingTaskRequest;
import video.sage.embed.v1.SessionServiceGrpc;
import video.sage.embed.v1.WatchEmbeddingTasksRequest;
import video.sage.ingest.v1.CompleteUploadRequest;
import video.sage.ingest.v1.CreateUploadRequest;
import video.sage.ingest.v1.IngestServiceGrpc;
import video.sage.ingest.v1.ListVideosRequest;
import video.sage.ingest.v1.Upload;
import video.sage.ingest.v1.UploadPartRequest;
import video.sage.ingest.v1.Video;

/**
 * Compares two versions of a video through a SAGE server.
 *
 * <p>It opens a session by itself and renews it before it ends. {@link #ingest}, {@link #embed} and
 * {@link #compare} are the generated stubs of the contract; the methods are what takes more than one
 * call. Errors are {@link StatusRuntimeException}s whose message says what to do.
 */
public final class SageClient implements AutoCloseable {
  private static final int MESSAGE_BYTES = 12 << 20;
  /** How long a server that went away is waited for. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  /** What is retried by gRPC itself: every call may be repeated. */
  private static final Map<String, ?> RETRIES = Map.of("methodConfig", List.of(Map.of(
      "name", List.of(Map.of()),
      "retryPolicy", Map.of("maxAttempts", 4.0, "initialBackoff", "0.1s", "maxBackoff", "1s",
          "backoffMultiplier", 2.0, "retryableStatusCodes", List.of("UNAVAILABLE")))));

  public final IngestServiceGrpc.IngestServiceBlockingStub ingest;
  public final EmbedServiceGrpc.EmbedServiceBlockingStub embed;
  public final CompareServiceGrpc.CompareServiceBlockingStub compare;
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
    URI uri = URI.create(server);
    boolean tls = "https".equals(uri.getScheme());
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
    channel = Grpc.newChannelBuilderForAddress(uri.getHost(), port,
            tls ? TlsChannelCredentials.create() : InsecureChannelCredentials.create())
        .defaultServiceConfig(RETRIES).enableRetry().maxInboundMessageSize(MESSAGE_BYTES).build();
    var token = new Token(SessionServiceGrpc.newBlockingStub(channel), apiKey);
    ingest = IngestServiceGrpc.newBlockingStub(channel).withCallCredentials(token);
    embed = EmbedServiceGrpc.newBlockingStub(channel).withCallCredentials(token);
    compare = CompareServiceGrpc.newBlockingStub(channel).withCallCredentials(token);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /**
   * The video of a file: the one with the same bytes that is there, or what becomes of the parts.
   * Called again after it was interrupted, it sends those that are missing.
   */
  public Video upload(Path path, UploadProgress progress) throws IOException, InterruptedException {
    String sha256 = sha256(path);
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
          var checksum = new CRC32C();
          checksum.update(data);
          sendPart(UploadPartRequest.newBuilder().setUpload(upload.getName()).setPartNumber(number)
              .setData(ByteString.copyFrom(data)).setCrc32C((int) checksum.getValue()).build());
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
      if (endedBadly(task)) {
        task = embed.retryEmbeddingTask(RetryEmbeddingTaskRequest.newBuilder().setName(task.getName()).build());
      }
      waiting.add(task.getName());
    }
    var request = WatchEmbeddingTasksRequest.newBuilder().addAllNames(waiting);
    Instant giveUp = Instant.now().plus(PATIENCE);
    while (true) {
      var call = Context.current().withCancellation();
      Context outside = call.attach();
      try {
        var messages = embed.watchEmbeddingTasks(request.build());
        while (messages.hasNext()) {
          var message = messages.next();
          giveUp = Instant.now().plus(PATIENCE);
          request.setAfterRevision(Math.max(request.getAfterRevision(), message.getRevision()));
          for (var task : message.getEmbeddingTasksList()) {
            progress.accept(task);
            if (endedBadly(task)) {
              throw Status.ABORTED.withDescription(task.getVideoDisplayName() + ": " + task.getStage() + " "
                  + task.getError().getMessage()).asRuntimeException();
            }
            if (task.getState() == EmbeddingTask.State.STATE_SUCCEEDED) {
              waiting.remove(task.getName());
            }
          }
          if (waiting.isEmpty()) {
            return;
          }
        }
        throw Status.UNAVAILABLE.withDescription("The watch ended.").asRuntimeException();
      } catch (StatusRuntimeException error) {
        waitOrGiveUp(error, giveUp);
      } finally {
        call.detachAndCancel(outside, null);
      }
    }
  }

  /** Streams a comparison: its header, distances, looks, regions and summary. */
  public Iterator<CompareVideosResponse> compareVideos(CompareVideosRequest request) {
    return compare.compareVideos(request);
  }

  private void sendPart(UploadPartRequest part) throws InterruptedException {
    for (Instant giveUp = Instant.now().plus(PATIENCE); ; ) {
      try {
        ingest.uploadPart(part);
        return;
      } catch (StatusRuntimeException error) {
        waitOrGiveUp(error, giveUp);
      }
    }
  }

  private static void waitOrGiveUp(StatusRuntimeException error, Instant giveUp) throws InterruptedException {
    if (error.getStatus().getCode() != Status.Code.UNAVAILABLE || Instant.now().isAfter(giveUp)) {
      throw error;
    }
    Thread.sleep(1000);
  }

  private static boolean endedBadly(EmbeddingTask task) {
    return task.getState() == EmbeddingTask.State.STATE_FAILED
        || task.getState() == EmbeddingTask.State.STATE_CANCELLED;
  }

  private static String sha256(Path path) throws IOException {
    try (var input = new DigestInputStream(Files.newInputStream(path), MessageDigest.getInstance("SHA-256"))) {
      byte[] block = new byte[1 << 20];
      while (input.read(block) >= 0) {}
      return HexFormat.of().formatHex(input.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException error) {
      throw new IllegalStateException(error);
    }
  }
}
