using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Sage.Compare.V1;
using Sage.Embed.V1;
using Sage.Ingest.V1;

namespace Sage.Client;

/// <summary>
/// Compares two versions of a video through a SAGE server. It opens a session by itself and renews it
/// before it ends. Its properties are the generated clients of the contract; the methods are what takes
/// more than one call. Errors are <see cref="RpcException"/>s whose detail says what to do.
/// </summary>
public sealed partial class SageClient : IDisposable
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);
    /// <summary>How long a server that went away is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly GrpcChannel _open;
    private readonly GrpcChannel _signed;
    private readonly string _apiKey;
    private readonly SemaphoreSlim _lock = new(1);
    private Session? _session;

    /// <param name="server"><c>http://host:port</c> or <c>https://host[:port]</c></param>
    /// <param name="apiKey">a key of TwelveLabs; without one it works in the anonymous workspace</param>
    public SageClient(string server, string apiKey = "")
    {
        _apiKey = apiKey;
        var tls = server.StartsWith("https:", StringComparison.Ordinal);
        var transport = tls ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure;
        var token = CallCredentials.FromInterceptor(async (_, metadata) =>
            metadata.Add("authorization", $"Bearer {await TokenAsync()}"));
        _open = GrpcChannel.ForAddress(server, Options(transport));
        _signed = GrpcChannel.ForAddress(server, Options(ChannelCredentials.Create(transport, token)));
    }

    public void Dispose()
    {
        _signed.Dispose();
        _open.Dispose();
        _lock.Dispose();
    }

    /// <summary>
    /// The video of a file: the one with the same bytes that is there, or what becomes of the parts.
    /// Called again after it was interrupted, it sends those that are missing. The progress is told in
    /// bytes: how many have arrived, and of how many.
    /// </summary>
    public async Task<Video> UploadAsync(
        string path, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        await using var file = File.OpenRead(path);
        var sha256 = Convert.ToHexString(await SHA256.HashDataAsync(file, cancellation)).ToLowerInvariant();
        var known = await Ingest.ListVideosAsync(
            new ListVideosRequest { Sha256 = sha256 }, cancellationToken: cancellation);
        if (known.Videos.Count > 0)
        {
            return known.Videos[0];
        }
        var name = Path.GetFileName(path);
        var facts = SHA256.HashData(Encoding.UTF8.GetBytes($"{sha256}/{name}"));
        var request = new CreateUploadRequest
        {
            DisplayName = name,
            SizeBytes = file.Length,
            Sha256 = sha256,
            RequestId = new Guid(facts.AsSpan(0, 16)).ToString(),
        };
        var upload = await Ingest.CreateUploadAsync(request, cancellationToken: cancellation);
        if (upload.State is not (Upload.Types.State.Active or Upload.Types.State.Completing))
        {
            request.RequestId = Guid.NewGuid().ToString();
            upload = await Ingest.CreateUploadAsync(request, cancellationToken: cancellation);
        }
        for (var number = 1; number <= upload.PartCount; number++)
        {
            var start = (number - 1) * upload.PartSize;
            var data = new byte[Math.Min(upload.PartSize, file.Length - start)];
            if (!upload.ReceivedParts.Contains(number))
            {
                file.Position = start;
                await file.ReadExactlyAsync(data, cancellation);
                var part = new UploadPartRequest
                {
                    Upload = upload.Name,
                    PartNumber = number,
                    Data = UnsafeByteOperations.UnsafeWrap(data),
                    Crc32C = Crc32C(data),
                };
                await Ingest.UploadPartAsync(part, cancellationToken: cancellation);
            }
            progress?.Invoke(start + data.Length, file.Length);
        }
        return await Ingest.CompleteUploadAsync(
            new CompleteUploadRequest { Name = upload.Name }, cancellationToken: cancellation);
    }

    /// <summary>
    /// Makes the embeddings of videos and tells of every change until all are there. A dropped watch
    /// goes on after the last revision that arrived.
    /// </summary>
    public async Task EmbedVideosAsync(
        IEnumerable<string> videos, Action<EmbeddingTask>? progress = null, CancellationToken cancellation = default)
    {
        var waiting = new HashSet<string>();
        foreach (var video in videos)
        {
            var create = new CreateEmbeddingTaskRequest { Video = video };
            var task = await Embed.CreateEmbeddingTaskAsync(create, cancellationToken: cancellation);
            waiting.Add(task.Name);
        }
        var request = new WatchEmbeddingTasksRequest { Names = { waiting } };
        for (var giveUp = DateTime.UtcNow + Patience; waiting.Count > 0;)
        {
            try
            {
                using var call = Embed.WatchEmbeddingTasks(request, cancellationToken: cancellation);
                await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
                {
                    giveUp = DateTime.UtcNow + Patience;
                    request.AfterRevision = Math.Max(request.AfterRevision, message.Revision);
                    foreach (var task in message.EmbeddingTasks)
                    {
                        progress?.Invoke(task);
                        if (task.State is EmbeddingTask.Types.State.Failed or EmbeddingTask.Types.State.Cancelled)
                        {
                            throw new RpcException(new Status(
                                StatusCode.Aborted, $"{task.VideoDisplayName}: {task.Stage} {task.Error?.Message}"));
                        }
                        if (task.State == EmbeddingTask.Types.State.Succeeded)
                        {
                            waiting.Remove(task.Name);
                        }
                    }
                    if (waiting.Count == 0)
                    {
                        return;
                    }
                }
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable && DateTime.UtcNow < giveUp)
            {
            }
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        }
    }

    /// <summary>Streams a comparison: its header, distances, looks, regions and summary.</summary>
    public async IAsyncEnumerable<CompareVideosResponse> CompareVideosAsync(
        CompareVideosRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var call = Compare.CompareVideos(request, cancellationToken: cancellation);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
        {
            yield return message;
        }
    }

    private async Task<string> TokenAsync()
    {
        await _lock.WaitAsync();
        try
        {
            if (_session is null || _session.ExpireTime.ToDateTime() < DateTime.UtcNow + RenewBefore)
            {
                var sessions = new SessionService.SessionServiceClient(_open);
                _session = await sessions.CreateSessionAsync(new CreateSessionRequest { TwelvelabsApiKey = _apiKey });
            }
            return _session.AccessToken;
        }
        finally
        {
            _lock.Release();
        }
    }

    private static uint Crc32C(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return ~crc;
    }
}
