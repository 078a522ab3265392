package video.sage.client;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import video.sage.embed.v1.CreateSessionRequest;
import video.sage.embed.v1.Session;
import video.sage.embed.v1.SessionServiceGrpc.SessionServiceBlockingStub;

/** Gives every call the token of a session, which is opened or renewed when there is need. */
final class Token extends CallCredentials {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration RENEW_BEFORE = Duration.ofMinutes(1);

  private final SessionServiceBlockingStub sessions;
  private final String apiKey;
  private Session session = Session.getDefaultInstance();

  Token(SessionServiceBlockingStub sessions, String apiKey) {
    this.sessions = sessions;
    this.apiKey = apiKey;
  }

  @Override
  public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
    executor.execute(() -> {
      try {
        var headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + current());
        applier.apply(headers);
      } catch (StatusRuntimeException error) {
        applier.fail(error.getStatus());
      }
    });
  }

  private synchronized String current() {
    var end = Instant.ofEpochSecond(session.getExpireTime().getSeconds());
    if (Instant.now().plus(RENEW_BEFORE).isAfter(end)) {
      session = sessions.createSession(CreateSessionRequest.newBuilder().setTwelvelabsApiKey(apiKey).build());
    }
    return session.getAccessToken();
  }
}
